"""Networks as values: layers, architecture, trace, zoo, and the ways to and from Keras and PyTorch."""
