"""Reports of a moral graph: per question, and by the six criteria of the method."""
