"""What every part of the reports stands on, computed once: ballots, the graph, cards behind values, resamples."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from elicitation.moral_graph import snapshots
from elicitation.moral_graph.models import CanonicalValue, Context, Membership, Snapshot
from elicitation.moral_graph.report.asked import cards_asked, filters_of
from elicitation.moral_graph.report.ballots import Ballots, read_ballots
from elicitation.moral_graph.shapes import WisdomConfig
from multivocal.domain.shapes import say
from multivocal.studies.models import Study
from multivocal.studies.versions import newest_version

if TYPE_CHECKING:
    from elicitation.moral_graph.domain.criteria.intervals import FloatArray
    from elicitation.moral_graph.domain.criteria.resampling import Resampled

ROUNDS, FEW_ROUNDS, MANY_VOTES = 200, 40, 20_000
SEED = 0
SMALL_CELL = 5


@dataclass(frozen=True)
class Basis:
    """A study's ballots as they were asked for, and what follows from them."""

    study: Study
    asked: Mapping[str, str]
    ballots: Ballots
    graph_made: Snapshot

    @property
    def graph(self) -> dict[str, Any]:
        """Return the graph our estimator made of the ballots."""
        return self.graph_made.result["graph"]  # type: ignore[no-any-return]

    @property
    def rounds(self) -> int:
        """Return how often people are resampled; less often where a graph takes long."""
        return ROUNDS if len(self.ballots.votes) <= MANY_VOTES else FEW_ROUNDS

    @cached_property
    def kept(self) -> Snapshot | None:
        """Return the kept snapshot that is this very graph; None where none was taken."""
        made = self.graph_made
        return Snapshot.objects.filter(
            study=self.study, estimator=made.estimator, result_sha256=made.result_sha256,
            inputs_sha256=made.inputs_sha256,
        ).order_by("created_at").first()  # fmt: skip

    @cached_property
    def support(self) -> dict[str, int]:
        """Return value → accepted cards behind it, of those who count."""
        cards = cards_asked(self.study, self.asked).values("pk")
        rows = Membership.objects.filter(
            partition__study=self.study, partition__current=True, ended_at=None, card__in=cards
        )
        return dict(Counter(str(number) for number in rows.values_list("canonical__number", flat=True)))

    @cached_property
    def codes(self) -> dict[str, int]:
        """Return value → its code in the votes."""
        return {value: code for code, value in enumerate(self.ballots.votes.values)}

    @cached_property
    def titles(self) -> dict[str, str]:
        """Return value → its title."""
        rows = CanonicalValue.objects.filter(study=self.study).values_list("number", "title")
        return {str(number): title for number, title in rows}

    @cached_property
    def situations(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Return context → its words and its questions."""
        rows = Context.objects.filter(study=self.study)
        return {row.key: (say(row.text, "en") or row.key, tuple(row.questions)) for row in rows}

    @cached_property
    def weights(self) -> "FloatArray":
        """Return the resamples of participants that every interval of the graph rests on."""
        from elicitation.moral_graph.domain.criteria.intervals import resamples

        return resamples(len(self.ballots.votes.participants), self.rounds, SEED)

    @cached_property
    def resampled(self) -> "Resampled":
        """Return all methods on all resamples."""
        from elicitation.moral_graph.domain.criteria.resampling import resample

        return resample(self.ballots.votes, self.support, self.weights)

    @property
    def judged(self) -> bool:
        """Return whether anybody answered whether a value is wiser."""
        return bool(self.graph["values"])

    @cached_property
    def small_cell(self) -> int:
        """Return how many people a group must have to be told apart, as the study's wisdom stage sets it."""
        version = newest_version(self.study)
        stages = version.shape.stages if version else ()
        return next((one.small_cell for one in stages if isinstance(one, WisdomConfig)), SMALL_CELL)


def read_basis(study: Study, asked: Mapping[str, str]) -> Basis:
    """Return what the reports stand on. Nothing is kept: the graph is made in memory, as ``rebuild`` makes one."""
    filters = filters_of(asked)
    ballots = read_ballots(study, filters)
    rounds = ROUNDS if len(ballots.votes) <= MANY_VOTES else FEW_ROUNDS
    made = snapshots.make_snapshot(
        study=study, filters=filters, seed=SEED, rounds=rounds, votes=ballots.votes
    )
    return Basis(study, asked, ballots, made)
