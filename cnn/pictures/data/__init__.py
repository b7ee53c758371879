"""Pictures of a data set: samples, classes, pixels."""
