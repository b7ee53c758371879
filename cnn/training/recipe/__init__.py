"""What is trained and how, as values: a configuration, its schedule, and a run."""
