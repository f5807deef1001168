"""Interviews by a language model, and the values cards people make their own."""
