"""What a person sees on a desktop: a window, a virtual camera, the list of cameras."""
