"""A class as its teacher sees it: who is where, what is hard, what is in training."""
