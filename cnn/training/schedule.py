"""The name under which scripts that were exported import `learning_rates`."""

from cnn.training.recipe.schedule import learning_rates

__all__ = ["learning_rates"]
