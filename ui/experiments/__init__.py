"""What the Experiments page is made of: one thing changed at a time, and what comes of it."""
