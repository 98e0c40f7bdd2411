"""Distillation: what teacher models answer, once for each face or for each view that the student sees."""
