"""What the Compare page is made of: who is compared, how far it is, and what came of it."""
