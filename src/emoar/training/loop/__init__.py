"""The training loop: samples, batches, targets, schedule and the trainer."""
