"""The name under which scripts that were exported import `Configuration`."""

from cnn.training.recipe.configuration import Configuration

__all__ = ["Configuration"]
