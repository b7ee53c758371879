"""What the Experiments page shows: one thing changed at a time, and what comes of it."""
