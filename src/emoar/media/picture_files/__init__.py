"""The structure of picture files: what is known before and without decoding, and HEIC."""
