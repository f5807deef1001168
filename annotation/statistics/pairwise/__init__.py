"""Worths from comparisons of two: one file per model, all fitted from counts, intervals that know of clusters."""
