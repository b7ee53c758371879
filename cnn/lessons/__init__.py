"""The lessons: what they say and ask, and how far a person has come. Knows no user interface.

A lesson's words are a TOML file in `en/`, named after the lesson; a translation is another such
folder. A lesson that has no file there does not exist anywhere.
"""
