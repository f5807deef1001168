"""How the dashboard writes its numbers."""
