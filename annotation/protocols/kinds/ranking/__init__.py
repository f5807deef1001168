"""k-wise ranking: the answers in order, best first; equal ranks are ties where the study allows them."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from annotation.protocols.forms import known, wholes
from annotation.protocols.orders import by_score
from annotation.protocols.places import unranked
from annotation.protocols.registry import Protocol, ProtocolConfig, Say
from annotation.protocols.shapes import BySlot, Preference, Shown, Whole
from multivocal.domain.shapes import Shape


class RankingConfig(ProtocolConfig):
    """Put the answers in order."""

    kind: Literal["ranking"] = "ranking"
    ties: bool = Field(True, description="Whether two answers may share a place.")


class RankingResponse(Shape):
    """A rank per slot, 1 = best; the ranks used are 1, 2, … with gaps only after ties."""

    ranks: BySlot[Whole]


def check(config: RankingConfig, response: RankingResponse, shown: Shown) -> Mapping[str, str]:
    """Return what keeps the ranks from being an order of exactly the answers shown."""
    return unranked(response.ranks, shown.slots, config.ties)


def scores(config: RankingConfig, response: RankingResponse, shown: Shown) -> Mapping[str, float | None]:
    """Return minus the rank, so that higher is better."""
    return {s: -float(response.ranks[s]) if s in response.ranks else None for s in shown.slots}


def preferences(config: RankingConfig, response: RankingResponse, shown: Shown) -> tuple[Preference, ...]:
    """Return all pairs by their places; one place is a tie."""
    return by_score(shown.slots, scores(config, response, shown), graded=False)


def read(config: RankingConfig, form: Any, shown: Shown) -> dict[str, Any]:
    """Return ``answer.ranks.A`` and so on."""
    return known({"ranks": wholes(form, "ranks", shown.slots)})


def ask(config: RankingConfig, shown: Shown, say: Say) -> str:
    """Return how a model answers."""
    ties = "Responses of equal worth share a place." if config.ties else "No two responses may share a place."
    example = ", ".join(f'"{slot}": <place>' for slot in shown.slots)
    return (
        f"Put the responses in order: place 1 is the best, the last possible place is {len(shown.slots)}. {ties}\n"
        f'Answer with JSON and nothing else: {{"ranks": {{{example}}}}}'
    )


PROTOCOL = Protocol(
    kind="ranking",
    config=RankingConfig,
    response=RankingResponse,
    responses=(2, 8),
    template="kinds/ranking/page.html",
    check=check,
    scores=scores,
    read=read,
    ask=ask,
    preferences=preferences,
)
