"""Speed of each stage and of the pipeline on this machine (`emoar bench`)."""
