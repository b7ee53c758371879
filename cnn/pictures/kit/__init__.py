"""What all pictures are made with: SVG, figures, colours, names made short."""
