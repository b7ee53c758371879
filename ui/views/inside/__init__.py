"""What the page Look inside shows: a network, an image, and the ways to look at them."""
