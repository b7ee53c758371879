"""Pictures of several trainings side by side, and the report of a comparison."""
