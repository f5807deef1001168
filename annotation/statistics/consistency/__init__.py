"""Consistency of ratings and rankings of the same responses, with ties as a third class."""

from annotation.statistics.consistency.compare import compare_protocols
from annotation.statistics.consistency.result import PAIRINGS, Pairing, ProtocolComparison

__all__ = ["PAIRINGS", "Pairing", "ProtocolComparison", "compare_protocols"]
