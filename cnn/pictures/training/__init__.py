"""Pictures of a training: its curves, its gradients, its answers."""
