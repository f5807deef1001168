"""The interchange files of judgements: read from CSV into canonical rows, every bad row named by line and reason."""

from annotation.statistics.interchange.counts import RowCounts
from annotation.statistics.interchange.pairwise import ReadPairwise, read_pairwise
from annotation.statistics.interchange.rankings import RANK_READINGS, ReadRankings, read_rankings
from annotation.statistics.interchange.ratings import ReadRatings, read_ratings
from annotation.statistics.interchange.rules import Rules

__all__ = [
    "RANK_READINGS",
    "ReadPairwise",
    "ReadRankings",
    "ReadRatings",
    "RowCounts",
    "Rules",
    "read_pairwise",
    "read_rankings",
    "read_ratings",
]
