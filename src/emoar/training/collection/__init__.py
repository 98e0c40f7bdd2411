"""Collection of a user's face crops with consent: the session at the camera, and the folder that it fills."""
