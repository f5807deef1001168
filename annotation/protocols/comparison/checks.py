"""Practice, gold and attention screens of one person: drawn from their own splits, never from the main items."""

import random
from collections.abc import Sequence

from annotation.protocols.comparison.orders import square
from annotation.protocols.comparison.screens import Screen, Subject, screens_of
from annotation.protocols.comparison.sequence import Placed, Role
from annotation.protocols.comparison.shapes import ComparisonConfig

NAMES: dict[str, Role] = {"gold": "gold", "attention": "attention", "practice": "practice"}


def check_screens(
    subjects: Sequence[Subject],
    config: ComparisonConfig,
    key: str,
    phase: int,
    phases: int,
    rng: random.Random,
) -> tuple[list[Placed], list[Placed]]:
    """Return (practice, gold and attention) screens for the ``phase``-th of a person's protocols.

    Practice comes for every protocol; gold and attention are counted for a person, so they are spread over the
    protocols.
    """
    practice = _some(subjects, config, key, "practice", config.practice, rng)
    checks: list[Placed] = []
    for split, count in (("gold", config.gold.count), ("attention", config.attention)):
        mine = count // phases + (phase < count % phases)
        checks += _some(subjects, config, key, split, mine, rng)
    rng.shuffle(checks)
    return practice, checks


def usable(subjects: Sequence[Subject], config: ComparisonConfig, key: str, split: str) -> list[list[Screen]]:
    """Return the screens of each item of a split that can be asked through a protocol, and has a rule for it.

    Practice needs no rule: people may practise without being told what was expected.
    """
    protocol = config.protocol(key)
    found = []
    for item in subjects:
        if item.split != split:
            continue
        if split != "practice" and not {key, protocol.kind, "any"} & set(item.gold):
            continue
        if screens := screens_of(item, key, protocol, config.responses):
            found.append(list(screens))
    return found


def _some(
    subjects: Sequence[Subject],
    config: ComparisonConfig,
    key: str,
    split: str,
    count: int,
    rng: random.Random,
) -> list[Placed]:
    items = usable(subjects, config, key, split) if count else []
    chosen = [rng.choice(screens) for screens in rng.sample(items, min(count, len(items)))]
    return [Placed(screen, NAMES[split], rng.randrange(_rows(screen))) for screen in chosen]


def _rows(screen: Screen) -> int:
    return len(square(len(screen.members)))
