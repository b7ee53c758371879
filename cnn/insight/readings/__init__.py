"""What is read out of the passes: answers, cells, kernels, dead units, what is unlike."""
