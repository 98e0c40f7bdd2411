"""Reports that people read: figures and HTML pages."""
