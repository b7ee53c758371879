"""What the page Look inside is made of: a network, an image, and the ways to look at them."""
