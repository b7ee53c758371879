"""The page of what convolutions do besides telling classes apart."""
