"""How the app is: ready, and how many are here."""
