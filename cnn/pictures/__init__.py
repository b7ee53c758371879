"""Pictures as pure values: figures, diagrams, reports. Nothing here knows a user interface."""
