"""Protocol experiments: the declared plan, the rows, the comparison report and its power."""
