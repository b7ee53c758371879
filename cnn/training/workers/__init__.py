"""The processes that train: how they are started, what they take from the queue, how they go on."""
