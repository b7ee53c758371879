"""Where in an image a network looks, and what each of its cells can see."""
