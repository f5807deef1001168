"""Models that annotate: asked as people are, stored in the same rows, paid within the study's budget."""
