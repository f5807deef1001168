"""Files of others, handed in on the page “Set-up”: a graph and votes, taken in whole or refused by place and line."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from elicitation.moral_graph.importing import import_graph
from elicitation.moral_graph.importing_votes import import_votes
from multivocal.domain.files import BadFile
from multivocal.errors import Invalid, TooLarge
from multivocal.studies.audit import record_event
from multivocal.studies.models import Study

LARGEST = 32 * 1024 * 1024
SHOWN = 12


@transaction.atomic
def take_files(*, study: Study, user: Any, graph: Any = None, votes: Any = None) -> str:
    """Store an uploaded graph, votes, or both, and return what they brought; one that is bad leaves both out.

    Refuses (Invalid) no file at all and bad ones, naming at most twelve places or lines; TooLarge above 32 MB.
    """
    if graph is None and votes is None:
        raise Invalid(_("Choose a file first."))
    told, detail = [], {}
    try:
        if graph is not None:
            taken = import_graph(study=study, source=_bytes(graph), name=graph.name)
            told.append(taken.told_graph())
            detail["graph"] = [taken.values, taken.steps]
        if votes is not None:
            taken = import_votes(study=study, source=_bytes(votes), name=votes.name)
            told.append(taken.told_votes())
            detail["votes"] = [taken.votes, taken.duplicate]
    except BadFile as bad:
        raise Invalid(
            _("{name} was not taken in, and nothing was stored.").format(name=bad.name), fields=_few(bad)
        ) from None
    except Invalid as refusal:
        fields = dict(list(refusal.fields.items())[:SHOWN])
        raise Invalid(refusal.message + " " + _("Nothing was stored."), fields=fields) from None
    record_event(study=study, user=user, verb="values imported", detail=detail)
    return " ".join(told)


def _bytes(file: Any) -> bytes:
    if file.size > LARGEST:
        raise TooLarge(_("A file may have at most 32 MB."))
    return bytes(file.read())


def _few(bad: BadFile) -> dict[str, str]:
    found: dict[str, str] = {}
    for n, problem in enumerate(bad.problems[:SHOWN]):
        place = _("line {n}").format(n=problem.line) if problem.line else bad.name
        found[place if place not in found else f"{place} ({n})"] = problem.reason
    if len(bad.problems) > SHOWN:
        found["…"] = _("and {n} more").format(n=len(bad.problems) - SHOWN)
    return found
