"""Multivocal: people teach language models what they value, without being averaged away."""
