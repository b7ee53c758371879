"""The passes through a network in NumPy, forward and backward, layer by layer."""
