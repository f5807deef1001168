"""Auditable: can every object be traced to what made it, and every graph be made again?"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from elicitation.interviews.models import CardVersion, Message
from elicitation.moral_graph import snapshots
from elicitation.moral_graph.models import Membership, Snapshot, Upgrade
from elicitation.moral_graph.report.basis import Basis
from elicitation.moral_graph.report.criteria.measure import SHARE, counted, measure
from elicitation.moral_graph.report.said import Numbers, refused
from multivocal.llm.models import Call

REBUILT = 3


def measures(basis: Basis) -> list[Numbers]:
    """Return the measures of this criterion; all of them count every object there is, so they have no interval."""
    study = basis.study
    messages = Message.objects.filter(interview__enrolment__study=study, role=Message.Role.INTERVIEWER)
    versions = CardVersion.objects.filter(card__study=study, author=CardVersion.Author.INTERVIEWER)
    merges = Membership.objects.filter(partition__study=study)
    steps = Upgrade.objects.filter(study=study, origin=Upgrade.Origin.MODEL)
    return [
        _traced(
            "messages",
            _("Interviewer's messages that can be traced"),
            _(
                "With the hash of what the model was told, the model, and a call in the ledger; not of fixed texts."
            ),
            messages.exclude(model="", call=None, prompt_sha256="").values_list(
                "call", "prompt_sha256", "model"
            ),
        ),
        _traced(
            "drafts",
            _("Drafts of cards that can be traced"),
            _("The same for the words a model put on a card."),
            versions.values_list("call", "prompt_sha256", "model_version"),
        ),
        _traced(
            "stories",
            _("Stories of models that can be traced"),
            _("The same for the stories; the ledger names the model of the call."),
            ((call, prompt, "ledger") for call, prompt in steps.values_list("call", "prompt_sha256")),
        ),
        _traced(
            "merges",
            _("Merges decided by a model that can be traced"),
            _("With a call in the ledger, which has prompt and model."),
            (
                (call, "ledger", "ledger")
                for call in merges.filter(decided_by="model").values_list("call", flat=True)
            ),
        ),
        _share(
            "reasons",
            _("Merges with a reason"),
            _("Decisions that put a card into a value and say why, whoever took them."),
            merges.exclude(motivation="").count(),
            merges.count(),
        ),
        _share(
            "judged",
            _("Stories with a record of their check"),
            _("Stories that say what was checked before they were used."),
            steps.exclude(quality={}).count(),
            steps.count(),
        ),
        _share(
            "whys",
            _("Votes with a why"),
            _("People may say why; nobody has to."),
            basis.ballots.reasons,
            len(basis.ballots.votes),
        ),
        _rebuilt(basis),
    ]


def _traced(key: str, title: str, means: str, rows: Iterable[tuple[Any, Any, Any]]) -> Numbers:
    every = list(rows)
    calls = {call for call, _prompt, _model in every if call}
    known = set(Call.objects.filter(pk__in=calls).values_list("pk", flat=True))
    return _share(
        key,
        title,
        means,
        sum(call in known and bool(prompt) and bool(model) for call, prompt, model in every),
        len(every),
    )


def _share(key: str, title: str, means: str, hits: int, n: int) -> Numbers:
    if not n:
        return measure(key, title, means, refused(_("There is none of this yet.")))
    return counted(key, title, means, hits / n, n, unit=SHARE, of=_("objects"))


def _rebuilt(basis: Basis) -> Numbers:
    title, means = (
        _("Kept graphs that come out the same"),
        _("The newest {n} snapshots, made again from the rows now."),
    )
    kept = list(Snapshot.objects.filter(study=basis.study).order_by("-created_at")[:REBUILT])
    means = means.format(n=max(len(kept), 1))
    if not kept:
        why = _("No graph was kept yet: “moral_graph snapshot” keeps one.")
        return measure("rebuilt", title, means, refused(why))
    same, because = 0, []
    for snapshot in kept:
        made = snapshots.rebuild(snapshot)
        if made.result_sha256 == snapshot.result_sha256:
            same += 1
        elif made.inputs_sha256 != snapshot.inputs_sha256:
            because.append(
                _("the votes are not the same any more (somebody withdrew, or values were joined)")
            )
        elif snapshot.code_version != snapshots.code_version():
            because.append(_("the arithmetic has changed since"))
        else:
            because.append(_("the values' words have changed since"))
    if because:
        means += " " + _("Not the same: {why}.").format(why="; ".join(dict.fromkeys(because)))
    return counted("rebuilt", title, means, same / len(kept), len(kept), unit=SHARE, of=_("graphs"))
