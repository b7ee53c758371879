"""Runs on their way out and in: to other programs, and from trainings that those do."""
