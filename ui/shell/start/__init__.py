"""What the first page waits for, and what waits for the first page."""
