"""Training: what a run is, where it is kept, and the process that carries it out."""
