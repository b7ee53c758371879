"""A comparison for a paper: figures as vectors, tables, and a paragraph on how it was done."""
