"""The runs of the store: the list of them, one while it trains, one that has ended."""
