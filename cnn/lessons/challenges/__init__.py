"""Challenges: the goals that a network and its training are to pass, and who tried them."""
