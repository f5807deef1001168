"""The release profile ``moral-graph``: graphs in the original authors' JSON, ours beside them, and the votes."""

from datetime import UTC, datetime
from typing import Any

from elicitation.interviews.datasets import CARDS, INTERVIEWS, VERSIONS
from elicitation.moral_graph.curation_datasets import CURATION, SUGGESTIONS
from elicitation.moral_graph.datasets import CONFIRMATIONS, MERGES, UPGRADES, VALUES
from elicitation.moral_graph.domain.answers import JUDGED
from elicitation.moral_graph.domain.posterior import posterior_graph
from elicitation.moral_graph.domain.published import Thresholds, published_graph
from elicitation.moral_graph.models import CanonicalValue, Context
from elicitation.moral_graph.standing_datasets import FAIRNESS, PICKS
from elicitation.moral_graph.vote_datasets import VOTES
from elicitation.moral_graph.voting import Filters, votes_of
from multivocal.domain.datasets import Dataset
from multivocal.exports.build import Job
from multivocal.exports.formats import FORMATS, Source
from multivocal.studies.models import Enrolment, Study


def write_moral_graph(job: Job) -> list[Dataset]:
    """Write ``graph.json``, one per question and per situation, ``graph-posterior.json``, and what stands behind them.

    A study with simulated people alone has their graph, and says so: anywhere else they are left out, and so are
    seeds.
    """
    people = Enrolment.objects.filter(study=job.study, preview=False)
    simulated = not people.filter(simulated=False).exists() and people.filter(simulated=True).exists()
    questions = sorted(
        {
            key
            for keys in Context.objects.filter(study=job.study).values_list("questions", flat=True)
            for key in keys
        }
    )
    situations = sorted(Context.objects.filter(study=job.study).values_list("key", flat=True))
    for name, filters in (
        ("graph.json", Filters(simulated=simulated)),
        *((f"graph-{key}.json", Filters(question=key, simulated=simulated)) for key in questions),
        *((f"graph-in-{key}.json", Filters(context=key, simulated=simulated)) for key in situations),
    ):
        job.folder.write_json(name, authors_graph(job.study, filters, until=job.moment.at))
    votes = votes_of(job.study, Filters(simulated=simulated), until=job.moment.at)
    job.folder.write_json("graph-posterior.json", posterior_graph(votes, all_edges=True))
    job.folder.notes.append(
        "graph.json, graph-QUESTION.json and graph-in-SITUATION.json follow the arithmetic and the JSON of the "
        "method's authors; graph-posterior.json has intervals, and situations apart. Values that only a designer's "
        "seed stands behind are left out of all of them. The words of interviews are in interviews.csv only for "
        "people who agreed to share them."
    )
    if simulated:
        job.folder.notes.append(
            "Everybody in this study is simulated, and the graphs are made of their votes."
        )
    described = [
        VOTES, VALUES, MERGES, CONFIRMATIONS, FAIRNESS, PICKS, UPGRADES, CURATION, SUGGESTIONS,
        INTERVIEWS, CARDS, VERSIONS,
    ]  # fmt: skip
    for found in described:
        source = Source(job.moment.connection, found, job.cut, job.safe)
        job.folder.write_rows(f"{found.key}.csv", FORMATS["csv"].stream(source), source)
    return described


def authors_graph(study: Study, filters: Filters, *, until: datetime | None = None) -> dict[str, Any]:
    """Return a study's published graph in the authors' shape: values with their words and times, edges, all cells."""
    votes = votes_of(study, filters, until=until)
    graph = published_graph(votes, Thresholds(), all_edges=True)
    ranks = {value["id"]: value["pageRank"] for value in graph["values"]}
    contexts = {value["id"]: value["contexts"] for value in graph["values"]}
    texts = {row.key: row.text for row in Context.objects.filter(study=study)}
    rows = CanonicalValue.objects.filter(study=study, number__in=[int(number) for number in ranks]).order_by(
        "number"
    )
    received = dict.fromkeys(votes.values, 0)
    for target in votes.target[votes.outcome < JUDGED].tolist():
        received[votes.values[target]] += 1
    values = [
        {
            "id": row.number, "title": row.title, "description": row.description, "policies": row.policies,
            "createdAt": _moment(row.created_at), "updatedAt": _moment(row.reworded_at or row.created_at),
            "pageRank": ranks[str(row.number)], "votes": received[str(row.number)],
            "contexts": [_worded(texts, key) for key in contexts[str(row.number)]],
        }
        for row in rows
    ]  # fmt: skip
    return {
        "values": values,
        "edges": [_edge(edge, texts) for edge in graph["edges"]],
        "allEdges": [_edge(edge, texts) for edge in graph["allEdges"]],
    }


def _moment(at: datetime) -> str:
    """Return a time as the authors' programs write it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _edge(edge: dict[str, Any], texts: dict[str, Any]) -> dict[str, Any]:
    return {
        **edge,
        "sourceValueId": int(edge["sourceValueId"]),
        "wiserValueId": int(edge["wiserValueId"]),
        "contexts": [_worded(texts, key) for key in edge["contexts"]],
    }


def _worded(texts: dict[str, Any], key: str) -> str:
    text = texts.get(key) or {}
    return str(text.get("en") or next(iter(text.values()), key))
