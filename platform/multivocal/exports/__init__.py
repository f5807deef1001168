"""Data out: the datasets, their formats, releases and the REST interface."""
