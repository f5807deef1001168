"""Taking in what others collected: a graph in the original authors' JSON, and votes in the interchange CSV."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson
from django.db import transaction
from django.utils import timezone
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from elicitation.moral_graph.canonical import current_partition, make_value, next_number
from elicitation.moral_graph.domain.reading import read_votes
from elicitation.moral_graph.domain.votes import OUTCOMES
from elicitation.moral_graph.locks import lock_graph
from elicitation.moral_graph.models import CanonicalValue, Context, Upgrade, WisdomVote
from multivocal.domain.files import BadFile, Problem
from multivocal.domain.shapes import clean_text, problems
from multivocal.errors import Invalid
from multivocal.studies.models import Study


class _Loose(BaseModel):
    """Files of others have keys of their own; what is not named here is left."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class ImportedValue(_Loose):
    """A value of either generation of the authors' code."""

    id: int | str
    title: str = Field(min_length=1)
    description: str = ""
    instructionsShort: str = ""
    policies: list[str] = Field(default_factory=list)
    evaluationCriteria: list[str] = Field(default_factory=list)


class ImportedEdge(_Loose):
    """A directed edge; a set that became ``{}`` on its way through JSON says nothing of its contexts."""

    sourceValueId: int | str
    wiserValueId: int | str
    contexts: list[str] | dict[str, Any] = Field(default_factory=list)


class ImportedGraph(_Loose):
    """The authors' graph."""

    values: list[ImportedValue] = Field(min_length=1)
    edges: list[ImportedEdge] = Field(default_factory=list)


@dataclass
class Taken:
    """What an import brought."""

    values: int = 0
    steps: int = 0
    votes: int = 0
    duplicate: int = 0


@transaction.atomic
def import_graph(*, study: Study, source: Path) -> Taken:
    """Store the values and steps of a graph; those that are there already, by their ids, stay as they are.

    Steps have no stories, so nobody is asked about them until one is written. Refuses (Invalid, by place) another
    shape, an edge to a value that is not there, and an edge from a value to itself.
    """
    try:
        graph = ImportedGraph.model_validate(orjson.loads(source.read_bytes()))
    except orjson.JSONDecodeError as error:
        raise Invalid(f"{source.name} is not JSON: {error}", fields={}) from None
    except ValidationError as error:
        raise Invalid(f"{source.name} is no moral graph.", fields=problems(error)) from None
    known = {str(value.id) for value in graph.values}
    wrong = {
        f"edges.{n}": "an edge between two values of the file is wanted"
        for n, edge in enumerate(graph.edges)
        if not {str(edge.sourceValueId), str(edge.wiserValueId)} <= known
        or edge.sourceValueId == edge.wiserValueId
    }
    if wrong:
        raise Invalid(f"{source.name} has edges that lead nowhere.", fields=wrong)
    lock_graph(study)
    taken = Taken()
    values = _values(study, {str(value.id): value for value in graph.values}, taken)
    for edge in graph.edges:
        names = list(edge.contexts) or [""]
        for name in names:
            ends = values[str(edge.sourceValueId)], values[str(edge.wiserValueId)]
            _step(study, *ends, _context(study, name), taken)
    return taken


@transaction.atomic
def import_votes(*, study: Study, source: Path) -> Taken:
    """Store the votes of an interchange CSV on values that were imported before; voting twice keeps the latest.

    Refuses (BadFile) bad rows and values the study does not know, by line or by name; nothing is stored then.
    """
    votes = read_votes(source)
    lock_graph(study)
    partition = current_partition(study)
    there = {row.seed_key: row for row in partition.values_of.filter(origin=CanonicalValue.Origin.IMPORTED)}
    if missing := [name for name in votes.values if _key(name) not in there]:
        raise BadFile(
            source.name, [Problem(0, f"the study has no imported value “{name[:80]}”") for name in missing]
        )
    taken = Taken(duplicate=votes.duplicate)
    now = timezone.now()
    columns = zip(votes.participant, votes.source, votes.target, votes.context, votes.outcome, strict=True)
    for who, start, end, where, said in columns:
        before, after = (there[_key(votes.values[place])] for place in (start, end))
        step = _step(study, before, after, _context(study, votes.contexts[where]), taken)
        voter = votes.participants[who]
        _row, made = WisdomVote.objects.get_or_create(
            study=study, voter=voter, upgrade=step, superseded_at=None, enrolment=None,
            defaults={
                "answer": OUTCOMES[said], "created_at": now, "key": uuid5(NAMESPACE_URL, f"{voter}/{step.pk}"),
            },
        )  # fmt: skip
        taken.votes += made
        taken.duplicate += not made
    return taken


def _values(study: Study, given: Mapping[str, ImportedValue], taken: Taken) -> dict[str, CanonicalValue]:
    partition = current_partition(study)
    there = {row.seed_key: row for row in partition.values_of.exclude(seed_key="")}
    found = {}
    for name, value in given.items():
        key = _key(name)
        if key not in there:
            policies = value.policies or value.evaluationCriteria
            there[key] = make_value(
                partition=partition, title=clean_text(value.title)[:200], seed_key=key,
                description=clean_text(value.description or value.instructionsShort),
                policies=[clean_text(policy) for policy in policies], origin=CanonicalValue.Origin.IMPORTED,
            )  # fmt: skip
            taken.values += 1
        found[name] = there[key]
    return found


def _key(name: str) -> str:
    return f"import:{name}"[:63]


def _context(study: Study, name: str) -> Context:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:63] or "anywhere"
    text = {"en": clean_text(name) or "In any situation"}
    return Context.objects.get_or_create(study=study, key=key, defaults={"text": text})[0]


def _step(
    study: Study, source: CanonicalValue, target: CanonicalValue, context: Context, taken: Taken
) -> Upgrade:
    ends = {"source": source, "target": target, "context": context}
    found = Upgrade.objects.filter(**ends).order_by("story_version").first()
    if found is not None:
        return found
    taken.steps += 1
    return Upgrade.objects.create(
        study=study, number=next_number(study, Upgrade), origin=Upgrade.Origin.IMPORTED, **ends
    )
