"""The comparison report, its power and its shipped study."""
