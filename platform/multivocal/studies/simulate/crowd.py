"""Many bots at once: everybody has a number, and from it and the seed a profile, a language and a mind of their own."""

import asyncio
import random
import secrets
from dataclasses import dataclass, field

from multivocal.studies.simulate.bot import Bot
from multivocal.studies.simulate.browser import Browser
from multivocal.studies.simulate.census import Cell, draw_profile, read_census
from multivocal.studies.simulate.planted import Mind
from multivocal.studies.simulate.records import Records
from multivocal.studies.simulate.turns import Turns


@dataclass(frozen=True)
class Crowd:
    """Who comes, and how.

    ``people`` bots, at most ``at_once`` of them at the same time; ``decline`` is the share that does not consent,
    ``patience`` the seconds after which a bot without any progress is stranded, ``plain`` keeps to the twin.
    ``mind`` says how they judge answers where that is declared, with a known effect.
    ``run`` makes their ids new, so that the same seed brings other people with the same minds.
    """

    site: str
    slug: str
    people: int
    at_once: int = 20
    seed: int = 0
    languages: tuple[str, ...] = ("en",)
    decline: float = 0.0
    patience: float = 90.0
    plain: bool = False
    mind: Mind | None = None
    cells: tuple[Cell, ...] = field(default_factory=lambda: tuple(read_census()))
    run: str = field(default_factory=lambda: secrets.token_hex(4))

    def name(self, number: int) -> str:
        """Return the participant id of a bot; the prefix tells the server that it is one."""
        return f"sim-{self.run}-{number:04d}"


async def send_crowd(crowd: Crowd, records: Records) -> Records:
    """Send everybody through the study and return ``records``, filled."""
    places = asyncio.Semaphore(crowd.at_once)
    turns = Turns(crowd.people, places)

    async def one(number: int) -> None:
        async with places:
            await _send(crowd, number, records, turns)

    async with asyncio.TaskGroup() as group:
        for number in range(crowd.people):
            group.create_task(one(number))
    return records


async def _send(crowd: Crowd, number: int, records: Records, turns: Turns) -> None:
    rng = random.Random(f"{crowd.seed}:{number}")
    profile = draw_profile(crowd.cells, rng)
    language = crowd.languages[number % len(crowd.languages)]
    declines = rng.random() < crowd.decline
    async with Browser(crowd.site, records, rng, language, crowd.patience) as browser:
        bot = Bot(
            crowd.name(number),
            crowd.slug,
            profile,
            browser,
            records,
            rng,
            declines=declines,
            plain=crowd.plain,
            mind=crowd.mind,
            person=f"{crowd.seed}:{number}",
            number=number,
            turns=turns,
        )
        await bot.take_part()
