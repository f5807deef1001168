"""Template tags of the feedback forms."""
