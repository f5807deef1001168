"""The release profile ``prism``: PRISM's five files, from the rows of a study with live conversations."""

from annotation.conversations.prism.write import write_prism

__all__ = ["write_prism"]
