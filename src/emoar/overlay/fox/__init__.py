"""The avatar's head, a fox: its parts, and how the movements of a person's face move them."""
