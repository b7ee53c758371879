"""A store looked after: backups, the room that it takes, and what is wrong in it."""
