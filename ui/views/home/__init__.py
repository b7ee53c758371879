"""What Home alone shows: a network that reads while one draws, the ways on, and the classics."""
