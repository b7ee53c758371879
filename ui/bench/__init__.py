"""The parts of the Build page: the start, the totals, the stack, the chosen layer, the way out."""
