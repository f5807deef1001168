"""A small study for every way of asking, and people who judge by keys alone."""
