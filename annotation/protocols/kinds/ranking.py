"""k-wise ranking: the answers in order, best first; equal ranks are ties where the study allows them."""

from collections.abc import Mapping
from typing import Literal

from django.utils.translation import gettext as _
from pydantic import Field

from annotation.protocols.registry import Protocol, ProtocolConfig, Slots
from multivocal.domain.shapes import LocalText, Shape


class RankingConfig(ProtocolConfig):
    """Put the answers in order."""

    kind: Literal["ranking"] = "ranking"
    instruction: LocalText = ""
    ties: bool = Field(True, description="Whether two answers may share a place.")


class RankingResponse(Shape):
    """A rank per slot, 1 = best; the ranks used are 1, 2, … with gaps only after ties."""

    ranks: dict[str, int]


def check(config: RankingConfig, response: RankingResponse, slots: Slots) -> Mapping[str, str]:
    """Return what keeps the ranks from being an order of exactly the answers shown."""
    wrong = {s: _("this answer is not on the page") for s in response.ranks if s not in slots}
    wrong |= {s: _("give this answer a place") for s in slots if s not in response.ranks}
    if wrong:
        return wrong
    ranks = sorted(response.ranks.values())
    if any(not 1 <= rank <= len(slots) for rank in ranks):
        wrong["ranks"] = _("places go from 1 to {count}").format(count=len(slots))
    elif not config.ties and len(set(ranks)) < len(ranks):
        wrong["ranks"] = _("two answers share a place; put one above the other")
    return wrong


def scores(config: RankingConfig, response: RankingResponse, slots: Slots) -> Mapping[str, float | None]:
    """Return minus the rank, so that higher is better."""
    return {slot: -float(response.ranks[slot]) if slot in response.ranks else None for slot in slots}


PROTOCOL = Protocol("ranking", RankingConfig, RankingResponse, check, scores)
