"""What a training will take on this machine, and what is too much for it."""
