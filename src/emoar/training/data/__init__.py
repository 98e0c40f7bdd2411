"""The data of the training lab: read, import, collect, describe, write."""
