"""Pictures of a network: its layers to scale, and what they see."""
