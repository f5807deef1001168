"""Tests with real processes: they are started, killed in the middle of things, and started again."""
