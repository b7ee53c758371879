"""Assignments: what a teacher asks for, what is handed in, and what is proven of it."""
