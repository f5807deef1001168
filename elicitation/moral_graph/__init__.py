"""The moral graph: which values people find wiser than which, in which contexts, and how sure that is."""
