"""Consistency of ratings and preferences: beside the same-protocol baselines, as a table, by gap and by stratum."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from annotation.protocols.experiments.numbers import wilson
from multivocal.domain.svg import Axis, Dot, dots, table3
from multivocal.domain.telling import percent, refusals, three, with_interval
from multivocal.studies.reports import Figure

Numbers = dict[str, Any]
SHARES = Axis(0, 1, [(n / 5, f"{20 * n} %") for n in range(6)])


def figures(part: Numbers) -> Iterator[Figure]:
    """Yield, per rating protocol and preference protocol: the shares, the 3×3 table, by gap, by kind of item."""
    many = len(part["consistency"]) > 1
    for n, one in enumerate(part["consistency"]):
        tail = f"_{n + 1}" if n else ""
        named = (
            _("“{rating}” and “{ranking}”").format(rating=one["rating"], ranking=one["ranking"])
            if many
            else ""
        )
        yield _shares(one, tail, named)
        found = one["pairings"][one["primary"]]
        if "refused" in found:
            continue
        yield _table(found, one, tail, named)
        yield _by(found["by_gap"], "gap", tail, named)
        if len(found["by_stratum"]) > 1:
            yield _by(found["by_stratum"], "stratum", tail, named)


def names() -> dict[str, str]:
    """Return what the pairings are called."""
    return {
        "within": _("same person, both ways"),
        "individual": _("every rater, every ranker"),
        "aggregated": _("mean rating, net votes"),
    }


def _shares(one: Numbers, tail: str, named: str) -> Figure:
    lines: list[tuple[str, Numbers, int]] = []
    refused = []
    for pairing, words in names().items():
        found = one["pairings"][pairing]
        if "refused" in found:
            refused.append(f"{words}: {found['refused']}")
            continue
        # At the plan's level, as every interval of the report; ``ci95`` is always at 95 %.
        _share, low, high = three(found["variants"]["consistency"])
        refused += refusals((words, found["variants"]["consistency"]))
        refused += [f"{words}: {note}" for note in found["variants"]["consistency"].get("notes", ())]
        share = {"estimate": found["consistency"], "low": low, "high": high, "n": found["matched_pairs"]}
        lines.append((words, share, 0))
        if pairing == one["primary"]:
            lines += [
                (_("  only where both decide"), found["variants"]["decisive"], 5),
                (_("  half credit for a one-sided tie"), found["variants"]["half_credit"], 5),
            ]
    rating, ranking = one["baselines"]["rating_vs_rating"], one["baselines"]["ranking_vs_ranking"]
    lines += [(_("two people, both rating"), rating, 1), (_("two people, both ranking"), ranking, 1)]
    if one["primary"] == "aggregated":
        halves = one["baselines"]
        lines += [
            (_("two halves of the raters"), halves["rating_halves"], 2),
            (_("two halves of the rankers"), halves["ranking_halves"], 2),
        ]
    refused += refusals(*((words, found) for words, found, _c in lines))
    primary = one["pairings"][one["primary"]]
    marks = [] if "refused" in primary else [(primary["expected_by_chance"], _("chance"))]
    axis = Axis(0, 1, SHARES.ticks, marks)
    drawn = [
        Dot(words, *three(found), colour=colour, hollow=colour == 5,
            told=_("not estimated, see below") if "refused" in found else _told(found))
        for words, found, colour in lines
    ]  # fmt: skip
    lead = ""
    if "refused" not in primary:
        lead = _("{share} of {n} pairs come out the same both ways; chance alone would give {chance}.").format(
            share=percent(primary["consistency"]), n=primary["matched_pairs"],
            chance=percent(primary["expected_by_chance"]),
        )  # fmt: skip
    return Figure(
        f"consistency{tail}",
        named or _("Do ratings and comparisons say the same?"),
        dots(drawn, axis, _("Consistency in each pairing, beside agreement within each protocol")),
        [_("pairing"), _("share"), _("low"), _("high"), "n"],
        [[words.strip(), *three(found), found.get("n", found.get("pairs"))] for words, found, _c in lines],
        group=_("Consistency"),
        lead=lead,
        note=_(
            "A pair is consistent where both ways say the first, both the second, or both a tie. Two people asked the "
            "same way disagree too (lower lines): only what goes beyond that is the way of asking. Means are read "
            "beside two halves of the people asked one way. Intervals of consistency draw items and people again; "
            "those of two people and of two halves draw items alone and are rather too short."
        ),
        refused=[text for text in dict.fromkeys(refused) if text],
    )


def _told(found: Numbers) -> str:
    n = found.get("n", found.get("pairs"))
    return with_interval(found, shares=True) + (f", n = {n:,}" if n else "")


def _table(found: Numbers, one: Numbers, tail: str, named: str) -> Figure:
    classes = [_("first answer"), _("second answer"), _("tie")]
    apart = found["matched_pairs"] - found["consistent"]
    kappa = found["variants"]["kappa"]
    return Figure(
        f"table{tail}",
        _("Where they part"),
        table3(found["table"], classes, _("by ranking"), _("by rating"), _("Ratings against rankings")),
        [_("by rating"), *classes],
        [[name, *line] for name, line in zip(classes, found["table"], strict=True)],
        group=_("Consistency"),
        lead=_(
            "Of {apart} pairs that part: {reversed} reversed, {rating} tied only in the ratings, {ranking} only in "
            "the rankings."
        ).format(
            apart=apart,
            reversed=found["reversed"],
            rating=found["rating_tie_only"],
            ranking=found["ranking_tie_only"],
        ),
        note=_(
            "Pairing: {pairing}. Ties: {rating} by rating, {ranking} by ranking. Cohen's kappa {kappa}."
        ).format(
            pairing=names()[one["primary"]],
            rating=percent(found["tie_rate"]["ratings"]),
            ranking=percent(found["tie_rate"]["rankings"]),
            kappa=with_interval(kappa),
        ),
        refused=list(found["findings"]),
    )


def _by(lines: list[Numbers], what: str, tail: str, named: str) -> Figure:
    def label(line: Numbers) -> str:
        if what == "stratum":
            return line["stratum"] or _("(none)")
        low, high = line["gap"]
        return f"{low:g}" if low == high else f"{low:g}–{high:g}"

    drawn, rows = [], []
    for line in lines:
        share = wilson(line["consistent"], line["n"], 1.96)
        told = f"{with_interval(share, shares=True)}, n = {line['n']}"
        drawn.append(Dot(label(line), share["estimate"], share["low"], share["high"], told))
        rows.append([label(line), line["n"], line["consistent"], *three(share)])
    title = _("By how far the ratings lie apart") if what == "gap" else _("By kind of item")
    head = _("distance") if what == "gap" else _("kind of item")
    return Figure(
        f"by_{what}{tail}",
        title,
        dots(drawn, SHARES, title),
        [head, "n", _("consistent"), _("share"), _("low"), _("high")],
        rows,
        group=_("Consistency"),
        note=_("Wilson intervals at 95 %; they take pairs as independent, so they are rather too short."),
    )
