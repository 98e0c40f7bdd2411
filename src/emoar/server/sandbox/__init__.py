"""What the processes that decode strangers' files may not do: read other files, write, use the network, start programs.

`sandbox.close_in` closes a process in with what its kernel has: Landlock for files, seccomp for system calls. It needs
no rights. `environment` is what such a process inherits.
"""
