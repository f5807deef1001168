"""Fixtures of the live tests: the conversation study and the simulator."""

from tests.conversations.conftest import make_visit, pool, visit
from tests.llm.conftest import rows, simulator

__all__ = ["make_visit", "pool", "rows", "simulator", "visit"]
