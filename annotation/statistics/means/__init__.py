"""Means of a finite set of items of which only some were labelled by people: each with what makes it honest."""
