"""What pages are made of: figures, components, session keys, caches. Knows `cnn`, not the pages."""
