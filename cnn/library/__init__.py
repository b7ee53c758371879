"""What `import cnn` offers to other people's code: short verbs over all rooms, for notebooks."""
