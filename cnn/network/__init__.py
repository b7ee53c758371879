"""Networks as values: layers, trace, zoo, and the ways to and from Keras and PyTorch."""
