"""Each situation's values in their order: the place of each with its interval, and the first one in a sentence."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elicitation.moral_graph.report.said import Numbers
from multivocal.domain.svg import Axis, Dot, dots
from multivocal.studies.reports import Figure


def figures(numbers: Numbers) -> Iterator[Figure]:
    """Yield one plot per situation; one where too few voted says so instead."""
    yield _overview(numbers)
    done = set()
    for question in numbers["questions"]:
        heading = _("Question: {title}").format(title=question["title"] or _("none"))
        for one in question["contexts"]:
            # A situation that belongs to two questions stands under the first of them.
            if one["context"] not in done:
                done.add(one["context"])
                yield _figure(one, heading)


def _overview(numbers: Numbers) -> Figure:
    contexts = {one["context"]: one for question in numbers["questions"] for one in question["contexts"]}
    words = {"clear": _("clear"), "likely": _("likely"), "open": _("open")}
    rows = []
    for one in contexts.values():
        first = one["winner"]
        if first is None:
            rows.append(
                [one["text"], None, _("too few people"), None, one["people"], one["votes"], None, None]
            )
            continue
        agree = _("agree") if first["methods_agree"] else _("disagree")
        rows.append(
            [
                one["text"], first["title"], words[first["verdict"]], round(100 * first["first"]), one["people"],
                one["votes"], first["voters_to_flip"], agree,
            ]
        )  # fmt: skip
    return Figure(
        "winners",
        _("Which value stands first where"),
        "",
        [
            _("situation"), _("first value"), _("how sure"), _("first in 100"), _("people"),
            _("votes"), _("voters to flip"), _("other methods"),
        ],
        rows,
        group=_("In short"),
        note=_(
            "Clear: first in 95 of 100 resamples of people; likely: in 80; open: in fewer. Voters to flip: how many "
            "more, all of one mind on one story, put another value first."
        ),
    )  # fmt: skip


def _figure(one: Numbers, heading: str) -> Figure:
    header = [
        _("value"), _("title"), _("cards"), _("people"), _("votes"), _("wiser to it"), _("wiser away from it"),
        _("PageRank"), _("place"), _("low"), _("high"), _("first in … of 100 resamples"),
        _("place, Bradley–Terry"), _("place, rank centrality"),
    ]  # fmt: skip
    rows = [
        [
            row["value"], row["title"], row["cards"], row["people"], row["votes"], row["wiser_to"], row["wiser_away"],
            row["share"], row["rank"], *row["rank_ci95"], round(100 * row["first"], 1), row["bradley_terry_rank"],
            row["rank_centrality_rank"],
        ]
        for row in one["values"]
    ]  # fmt: skip
    return Figure(
        f"places-{one['context']}",
        one["text"],
        _plot(one) if one["values"] else "",
        header,
        rows,
        group=heading,
        lead=lead(one["winner"]) if one["winner"] else "",
        note=_(
            "Place 1 is held wisest here. Dots are places by our PageRank, lines the middle 95 % of the places over "
            "resamples of people. {shown} of {every} values; {votes} votes of {people} people in this situation."
        ).format(shown=len(rows), every=one["values_in_all"], votes=one["votes"], people=one["people"])
        if one["values"]
        else "",
        refused=[one["refused"]] if "refused" in one else [],
    )


def _plot(one: Numbers) -> str:
    every = max(one["values_in_all"], max(row["rank_ci95"][1] for row in one["values"]), 2)
    step = max(1, round((every - 1) / 6))
    axis = Axis(1, every, [(n, str(n)) for n in range(1, every + 1, step)])
    drawn = [
        Dot(
            row["title"], row["rank"], row["rank_ci95"][0], row["rank_ci95"][1],
            told=ngettext(
                "first in {n} of 100 · {cards} card", "first in {n} of 100 · {cards} cards", row["cards"]
            ).format(n=f"{100 * row['first']:.0f}", cards=row["cards"]),
            colour=0 if row["rank"] == 1 else 4,
            hollow=row["rank"] != 1,
        )
        for row in one["values"]
    ]  # fmt: skip
    return dots(drawn, axis, _("Places of values: {context}").format(context=one["text"]))


def lead(winner: Numbers) -> str:
    """Return the first value of a situation in one sentence, as sure as it is."""
    sentence = {
        "clear": _("“{title}” is held wisest: first in {first} of 100 resamples."),
        "likely": _("“{title}” is probably held wisest: first in {first} of 100 resamples."),
        "open": _("Open: “{title}” stands first, but only in {first} of 100 resamples."),
    }[winner["verdict"]]
    told = [sentence.format(title=winner["title"], first=f"{100 * winner['first']:.0f}")]
    flip = winner["voters_to_flip"]
    if flip is not None:
        told.append(
            _("One more voter of one mind could change it.")
            if flip == 1
            else _("{n} more voters of one mind could change it.").format(n=flip)
        )
    told.append(
        _("Bradley–Terry and rank centrality agree.")
        if winner["methods_agree"]
        else _("Another method puts another value first.")
    )
    return " ".join(told)
