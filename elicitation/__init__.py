"""Instruments that elicit values."""
