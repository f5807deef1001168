"""Live multi-turn conversations with blinded language models, judged through a feedback protocol."""
