"""A comparison: who is compared, how far it is, and what came of it."""
