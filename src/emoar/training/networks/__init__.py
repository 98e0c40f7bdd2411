"""Networks: one base, one file an architecture, and the table of them."""
