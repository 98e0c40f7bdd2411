"""Worker processes: the only ones that decode pictures and run models."""
