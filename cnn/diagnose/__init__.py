"""What went wrong in a training or on its test images, and what may help."""
