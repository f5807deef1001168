"""Tests of the statistics: published examples, properties, and second implementations."""
