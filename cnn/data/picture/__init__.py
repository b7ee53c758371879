"""One picture of a person's: opened within limits, and made into what a network is fed."""
