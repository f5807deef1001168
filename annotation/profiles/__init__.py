"""Questionnaires, and the profiles of people made from their answers."""
