"""Drawing: the pad, the networks that read it, their answers, and how to fool them."""
