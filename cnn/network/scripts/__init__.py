"""What scripts for Keras and for PyTorch share: how their lines are written, and their pixels."""
