"""The frame around every page, and the server of them all."""
