"""Speed of each stage and of the whole on this machine (`emoar bench`)."""
