"""Pictures of what is inside: maps, cells, kernels, and where a network looks."""
