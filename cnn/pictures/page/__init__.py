"""A network as one HTML file that is alive without a server and without the internet."""
