"""Which items need a person: human and AI annotators share the work."""
