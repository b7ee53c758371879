"""What the Build page alone shows: start, totals, stack, chosen layer, ways out."""
