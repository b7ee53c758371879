"""The desk, where a teacher makes links to lessons and challenges."""
