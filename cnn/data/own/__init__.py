"""Images that a person brings: an npz or a zip, its splits, and the folder that keeps them."""
