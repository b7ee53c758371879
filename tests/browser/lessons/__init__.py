"""How a visitor uses the central control of each lesson: a module each, named as the lesson."""
