"""Collection of a user's face crops with consent: the capture session and its folder."""
