"""Rows of the moral graph, by subject."""

from elicitation.moral_graph.models.curation import CurationAct
from elicitation.moral_graph.models.snapshots import Snapshot
from elicitation.moral_graph.models.standing import Fairness, Passed, Pick
from elicitation.moral_graph.models.suggestions import Suggestion, SuggestionRequest
from elicitation.moral_graph.models.upgrades import Context, Upgrade
from elicitation.moral_graph.models.values import (
    CanonicalValue,
    CardVector,
    Confirmation,
    Membership,
    Partition,
)
from elicitation.moral_graph.models.votes import Preparation, VoteDraw, WisdomVote

__all__ = [
    "CanonicalValue",
    "CardVector",
    "Confirmation",
    "Context",
    "CurationAct",
    "Fairness",
    "Membership",
    "Partition",
    "Passed",
    "Pick",
    "Preparation",
    "Snapshot",
    "Suggestion",
    "SuggestionRequest",
    "Upgrade",
    "VoteDraw",
    "WisdomVote",
]
