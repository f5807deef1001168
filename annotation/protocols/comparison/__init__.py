"""Comparison stages: imported items, judged screen by screen through one or several feedback protocols."""
