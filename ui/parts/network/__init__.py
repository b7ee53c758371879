"""A network that a page shows: a picture through its layers, its input, its trained weights."""
