"""What a network does with an image, in NumPy alone: activations, and what explains them."""
