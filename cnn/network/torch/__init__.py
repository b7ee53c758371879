"""Networks to PyTorch: modules, weights, and scripts."""
