"""Sessions: scenes without pictures, and markers, in a file that survives whatever ends the program."""
