"""Instruments that collect feedback on model output."""
