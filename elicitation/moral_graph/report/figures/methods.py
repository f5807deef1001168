"""How far the methods agree on the order of the values, and which value each of them puts first."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from elicitation.moral_graph.report.said import Numbers
from multivocal.domain.svg import Axis, Dot, dots
from multivocal.domain.telling import number, refusals, three, with_interval
from multivocal.studies.reports import Figure


def names() -> dict[str, str]:
    """Return method → its name in words."""
    return {
        "posterior": _("our PageRank"),
        "published": _("published PageRank"),
        "bradley_terry": _("Bradley–Terry"),
        "rank_centrality": _("rank centrality"),
        "cards": _("cards behind it"),
    }


def figures(methods: Sequence[Numbers]) -> Iterator[Figure]:
    """Yield the agreement of all pairs of methods over all situations, and the table of first values."""
    named = names()
    group = _("Do the methods agree?")
    together = methods[0]
    pairs = [(" · ".join(named[one] for one in pair["methods"]), pair) for pair in together["pairs"]]
    axis = Axis(-1, 1, [(n / 2, number(n / 2, 1)) for n in range(-2, 3)], [(0.0, _("chance"))])
    drawn = [
        Dot(
            name, *three(pair["spearman"]), told=_told(pair["spearman"]),
            colour=0 if pair["methods"][0] == "posterior" else 1,
        )
        for name, pair in pairs
    ]  # fmt: skip
    rows = [
        [
            one["text"] or _("all together"), *(named[method] for method in pair["methods"]), pair["values"],
            *three(pair["spearman"]), *three(pair["kendall"]),
        ]
        for one in methods
        for pair in one["pairs"]
    ]  # fmt: skip
    yield Figure(
        "methods",
        _("How far two methods agree on the order"),
        dots(drawn, axis, _("Spearman's rho between methods, all situations together")),
        [
            _("situation"), _("method"), _("other method"), _("values"), "rho", _("rho, low"), _("rho, high"),
            "tau", _("tau, low"), _("tau, high"),
        ],
        rows,
        group=group,
        note=_(
            "Spearman's rho in the plot, Kendall's tau-b beside it in the table, also for each situation. 1: the same "
            "order. Intervals resample people; the number of cards stays as it is."
        ),
        refused=refusals(*((name, pair["spearman"]) for name, pair in pairs)),
    )  # fmt: skip
    yield Figure(
        "firsts",
        _("Which value each method puts first"),
        "",
        [_("situation"), *named.values()],
        [
            [one["text"] or _("all together"), *(_first(one["first"][key]) for key in named)]
            for one in methods
        ],
        group=group,
        note=_(
            "“+ 2” means that two more values share the first place; – that the method orders nothing here."
        ),
    )


def _first(first: Numbers | None) -> str | None:
    if first is None:
        return None
    return first["title"] + (f" + {first['ties']}" if first["ties"] else "")


def _told(found: Numbers) -> str:
    return _("not compared, see below") if "refused" in found else with_interval(found)
