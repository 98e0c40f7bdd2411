"""Worker processes: the only processes that decode pictures and run models."""
