"""The page of published networks."""
