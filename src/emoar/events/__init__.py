"""Events of faces, and the connections that carry them and scenes to other programs."""
