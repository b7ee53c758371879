"""What the page of all words shows."""
