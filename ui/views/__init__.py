"""What one page alone shows, a folder for each page of `pages/`."""
