"""Tests of the whole project; each folder is named after the part it tests."""
