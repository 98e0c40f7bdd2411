"""Open Sound Control: values of faces by slot, and avatars by the VMC protocol."""
