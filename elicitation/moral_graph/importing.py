"""Taking in what others collected: a graph in the original authors' JSON, of either generation of their code."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import orjson
from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictInt,
    StringConstraints,
    ValidationError,
)

from elicitation.moral_graph.canonical import current_partition, make_value, next_number
from elicitation.moral_graph.locks import lock_graph
from elicitation.moral_graph.models import CanonicalValue, Context, Upgrade
from multivocal.domain.shapes import clean_text, problems
from multivocal.errors import Invalid
from multivocal.studies.models import Study


def _stored(text: str) -> str:
    if clean_text(text) != text:
        raise ValueError("there are control characters in it")
    return text


Id = (
    StrictInt
    | Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200), AfterValidator(_stored)]
)
Text = Annotated[str, StringConstraints(strict=True, max_length=20_000), AfterValidator(clean_text)]


class _Loose(BaseModel):
    """Files of others have keys of their own; what is not named here is left."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class ImportedValue(_Loose):
    """A value of either generation of the authors' code."""

    id: Id
    title: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)]
    description: Text = ""
    instructionsShort: Text = ""
    instructionsDetailed: Text = ""
    policies: list[Text] = Field(default_factory=list, max_length=60)
    evaluationCriteria: list[Text] = Field(default_factory=list, max_length=60)

    @property
    def words(self) -> str:
        """Return the description; the older generation has a short and a detailed one."""
        return self.description or "\n".join(
            filter(None, [self.instructionsShort, self.instructionsDetailed])
        )


class ImportedEdge(_Loose):
    """A directed edge; a set that became ``{}`` on its way through JSON says nothing of its contexts."""

    sourceValueId: Id
    wiserValueId: Id
    contexts: list[Text] | dict[str, Any] = Field(default_factory=list)


class ImportedGraph(_Loose):
    """The authors' graph."""

    values: list[ImportedValue] = Field(min_length=1)
    edges: list[ImportedEdge] = Field(default_factory=list)


@dataclass
class Taken:
    """What an import brought: how many of each are new, and how many were there already."""

    values: int = 0
    steps: int = 0
    votes: int = 0
    known: int = 0
    duplicate: int = 0
    corrected: int = 0

    def told_graph(self) -> str:
        """Return a sentence about a graph."""
        return _("{values} values and {steps} steps; {known} values were there already.").format(**vars(self))

    def told_votes(self) -> str:
        """Return a sentence about votes."""
        return _(
            "{votes} votes, {corrected} of them corrections of earlier ones; {duplicate} were there already."
        ).format(**vars(self))


@transaction.atomic
def import_graph(*, study: Study, source: Path | bytes, name: str = "") -> Taken:
    """Store the values and steps of a graph; those that are there already, by their ids, stay as they are.

    Steps have no stories, so nobody is asked about them until one is written. Refuses (Invalid, by place) another
    shape, an id that two values have, an edge to a value that is not there or from a value to itself.
    """
    name = name or (source.name if isinstance(source, Path) else "file")
    try:
        graph = ImportedGraph.model_validate(
            orjson.loads(source.read_bytes() if isinstance(source, Path) else source)
        )
    except orjson.JSONDecodeError as error:
        raise Invalid(_("{name} is not JSON: {why}").format(name=name, why=error), fields={}) from None
    except ValidationError as error:
        raise Invalid(_("{name} is no moral graph.").format(name=name), fields=problems(error)) from None
    if wrong := _wrong(graph):
        raise Invalid(_("{name} is no graph that holds together.").format(name=name), fields=wrong)
    lock_graph(study)
    taken = Taken()
    values = _values(study, {str(value.id): value for value in graph.values}, taken)
    steps = Steps(study)
    for edge in graph.edges:
        for text in list(edge.contexts) or [""]:
            steps.between(values[str(edge.sourceValueId)], values[str(edge.wiserValueId)], text)
    taken.steps = steps.made
    return taken


def _wrong(graph: ImportedGraph) -> dict[str, str]:
    ids = [str(value.id) for value in graph.values]
    known, seen = set(ids), set()
    found: dict[str, str] = {}
    for n, one in enumerate(ids):
        if one in seen:
            found[f"values.{n}"] = _("another value has the id {id} too").format(id=one[:40])
        seen.add(one)
    for n, edge in enumerate(graph.edges):
        ends = str(edge.sourceValueId), str(edge.wiserValueId)
        if ends[0] == ends[1]:
            found[f"edges.{n}"] = _("an edge leads from a value to another one")
        elif missing := set(ends) - known:
            found[f"edges.{n}"] = _("the file has no value {id}").format(id=min(missing)[:40])
    return found


class Steps:
    """Imported steps of a study, found or made; ``made`` counts the new ones. Used under the graph's lock."""

    def __init__(self, study: Study) -> None:
        self.study, self.made = study, 0
        self._contexts: dict[str, Context] = {}
        self._steps: dict[tuple[Any, Any, Any], Upgrade] = {}

    def between(self, source: CanonicalValue, target: CanonicalValue, context: str) -> Upgrade:
        """Return the step from one value to another in a situation, the oldest one where it has several stories."""
        where = self._contexts.get(context) or self._contexts.setdefault(
            context, context_named(self.study, context)
        )
        key = (source.pk, target.pk, where.pk)
        if key not in self._steps:
            ends = {"source": source, "target": target, "context": where}
            found = Upgrade.objects.filter(**ends).order_by("story_version").first()
            if found is None:
                self.made += 1
                number = next_number(self.study, Upgrade)
                found = Upgrade.objects.create(
                    study=self.study, number=number, origin=Upgrade.Origin.IMPORTED, **ends
                )
            self._steps[key] = found
        return self._steps[key]


def context_named(study: Study, text: str) -> Context:
    """Return the situation of these words, or of this key, made where there is none; two texts never share one."""
    words = clean_text(text).strip() or "In any situation"
    for row in Context.objects.filter(study=study):
        if words == row.key or words in row.text.values():
            return row
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-")
    if not key or Context.objects.filter(study=study, key=key).exists():
        key = f"{key or 'situation'}-{hashlib.sha256(words.encode()).hexdigest()[:8]}"
    return Context.objects.create(study=study, key=key, text={"en": words})


def seed_key(name: str) -> str:
    """Return the key under which an imported value is kept: its id, by its hash where that is long."""
    return f"import:{name}" if len(name) <= 56 else f"import:{hashlib.sha256(name.encode()).hexdigest()[:56]}"


def _values(study: Study, given: Mapping[str, ImportedValue], taken: Taken) -> dict[str, CanonicalValue]:
    partition = current_partition(study)
    there = {row.seed_key: row for row in partition.values_of.exclude(seed_key="")}
    found = {}
    for name, value in given.items():
        key = seed_key(name)
        if key in there:
            taken.known += 1
        else:
            policies = value.policies or value.evaluationCriteria
            there[key] = make_value(
                partition=partition, title=clean_text(value.title), seed_key=key,
                description=clean_text(value.words), policies=[clean_text(policy) for policy in policies],
                origin=CanonicalValue.Origin.IMPORTED,
            )  # fmt: skip
            taken.values += 1
        found[name] = there[key]
    return found
