"""Where people have accounts: who comes in, by which way, and who they are said to be."""
