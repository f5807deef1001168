"""What a graph's report measures beyond the graph: pure arithmetic; graphs do not depend on it."""
