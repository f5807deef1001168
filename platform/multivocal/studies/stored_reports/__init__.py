"""Reports that take long are computed once for the same rows and kept."""
