"""Elements of our own: each a script and its style, and the Python that hands them their data."""
