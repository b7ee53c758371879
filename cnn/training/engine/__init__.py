"""The training itself: compiled steps, checkpoints, and what a run leaves behind."""
