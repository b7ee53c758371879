"""What the Draw page alone shows: a card of its own, and why a network answers so."""
