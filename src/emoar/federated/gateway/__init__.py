"""The gateway of browsers: their updates become one mean. NumPy alone, since the server's process for it has no more.

The server's process adds updates to a sum, Flower's client process opens rounds and takes the mean: in one folder.
"""
