"""What every page needs of its session: address, design, words, colours, files, caches."""
