"""Networks: the base classes, one module per kind of architecture, and the table of architectures."""
