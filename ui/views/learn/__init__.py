"""What the page of all lessons shows."""
