"""Agreement between raters, and of raters with themselves: one measure per file, each with its refusals."""
