"""Lab Streaming Layer: values of faces by slot and their events as markers; markers of other programs."""
