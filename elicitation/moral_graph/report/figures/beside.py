"""The published method on the same votes, and its known faults as numbers."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from elicitation.moral_graph.report.said import Numbers
from multivocal.domain.telling import number
from multivocal.studies.reports import Figure


def figures(found: Numbers, methods: Sequence[Numbers]) -> Iterator[Figure]:
    """Yield one table: what goes wrong, how far it does here, and what ours does instead."""
    entropy, collapsed, firsts = found["entropy"], found["contexts_collapsed"], found["firsts_differ"]
    mass = found["mass"]
    rows = [
        [
            _("PageRank's mass leaks where no step leaves a value"),
            _("its scores sum to {sum}").format(sum=number(mass, 3)) if mass is not None else _("no edge is kept"),
            _("sums to 1 in every situation"),
        ],
        [
            _("Entropy counts impressions as a fifth answer"),
            _(
                "{theirs} bits on average instead of {answers}; of {steps} steps it lets in {let_in} and keeps out "
                "{kept_out} that the answers alone would not"
            ).format(
                theirs=number(entropy["published"]), answers=number(entropy["answers"]), steps=entropy["steps"],
                let_in=entropy["let_in"], kept_out=entropy["kept_out"],
            ),
            _("answers alone, with a posterior"),
        ],
        [
            _("Situations are thrown together"),
            _("of {pairs} pairs asked about in several situations, {turned} point the other way in one of them").format(
                **collapsed
            ),
            _("each situation by itself"),
        ],
        [
            _("Fixed thresholds, no certainty"),
            _("{edges} edges between {values} values, each as certain as any other").format(
                edges=found["edges"], values=found["values"]
            ),
            _("every step and place with its interval"),
        ],
        [
            _("Another first value"),
            _("in {differ} of the {contexts} situations in which it has one").format(**firsts),
            _("see above"),
        ],
    ]  # fmt: skip
    agree = next(pair for pair in methods[0]["pairs"] if pair["methods"] == ["posterior", "published"])
    yield Figure(
        "published",
        _("The published method, and what is known to be wrong with it"),
        "",
        [_("fault"), _("on these votes"), _("what this report does")],
        rows,
        group=_("The published method beside ours"),
        lead=_("By its PageRank “{first}” is first, by its wisdom score “{wisest}”.").format(
            first=found["first"]["title"], wisest=found["wisest"]["title"]
        )
        if found["first"]
        else _("No step passes its thresholds on these votes."),
        note=_("Its order and ours of the values that both know: {rho}.").format(
            rho=f"rho {number(agree['spearman']['estimate'])}"
            if "estimate" in agree["spearman"]
            else agree["spearman"]["refused"]
        ),
    )
