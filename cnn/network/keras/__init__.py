"""Networks to and from Keras: models, weights, files, and scripts."""
