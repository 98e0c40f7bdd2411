"""Networks: one base, one file for each kind of architecture, and the table of them."""
