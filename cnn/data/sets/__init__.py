"""The data sets that come by name: drawn by code, shipped, or found and downloaded."""
