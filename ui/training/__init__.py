"""What the Train page is made of: choosing, watching, and the list of runs."""
