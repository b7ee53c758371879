"""What the Draw page is made of: the pad, the networks that read it, their answers, and why."""
