"""Setting up a training: network, data, settings, and what it will take."""
