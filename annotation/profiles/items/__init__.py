"""Kinds of questionnaire items: one module and one template each; shapes.py lists them."""
