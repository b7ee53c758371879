"""Assignments, and what of a hand-in can be proven."""
