"""System checks of the language models."""
