"""Pages of the graph for staff."""
