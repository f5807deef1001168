"""One simulated participant: opens the study's link, looks at every page, does what it asks, until the last one."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import orjson

from multivocal.studies.simulate.answers import fill_form
from multivocal.studies.simulate.browser import Browser, GaveUpError, Seen
from multivocal.studies.simulate.census import Profile
from multivocal.studies.simulate.chat import Chat
from multivocal.studies.simulate.forms import Form, find_form
from multivocal.studies.simulate.interviewee import Interviewee
from multivocal.studies.simulate.judging import judge_page
from multivocal.studies.simulate.minds import PlainMind
from multivocal.studies.simulate.planted import Mind
from multivocal.studies.simulate.records import FINISHED, Records
from multivocal.studies.simulate.talk import Talker
from multivocal.studies.simulate.turns import Turns, in_turn
from multivocal.studies.simulate.wisdom import judge_story

MOST_PAGES = 600
MOST_RETURNS = 6


@dataclass
class Bot:
    """A person with a profile on the way through a study; ``person`` names them to a declared mind."""

    name: str
    slug: str
    profile: Profile
    browser: Browser
    records: Records
    rng: random.Random
    declines: bool = False
    plain: bool = False
    mind: Mind | None = None
    person: str = ""
    number: int = 0
    turns: Turns | None = None
    returned: Counter[str] = field(default_factory=Counter)
    progress_at: float = field(default_factory=time.monotonic)
    inside: bool = False

    def __post_init__(self) -> None:
        self.opinions = PlainMind(self.rng)

    async def take_part(self) -> None:
        """Go through the whole study and note how it ended."""
        try:
            seen = await self._arrive()
            for _ in range(MOST_PAGES):
                outcome = self._outcome(seen)
                if outcome:
                    self.records.ended(self.name, outcome, "" if outcome in FINISHED else self._told(seen))
                    return
                seen = await self._go_on(await self._in_turn(seen))
                self._check_patience(seen)
            raise GaveUpError(f"still not done after {MOST_PAGES} pages")
        except GaveUpError as error:
            self.records.ended(self.name, "stranded" if self.inside else "failed", str(error))
        finally:
            if self.turns is not None:
                self.turns.leave(self.number)

    async def _in_turn(self, seen: Seen) -> Seen:
        """Wait before a page that is taken one after another, and look at it again then."""
        if self.turns is None or seen.status >= 400:
            return seen
        if not in_turn(seen.tree):
            if self.turns.current == self.number:
                self.turns.leave(self.number)
            return seen
        if not await self.turns.enter(self.number):
            return seen
        self.progress_at = time.monotonic()
        return await self._here()

    async def _arrive(self) -> Seen:
        return await self.browser.get(f"/s/{self.slug}/?participant={self.name}", step="welcome page")

    def _outcome(self, seen: Seen) -> str:
        """Return how it ended when this is a last page, else an empty string."""
        if seen.status >= 400:
            # An error page on the way is a reason to load again; at the door it is the end.
            return "failed" if not self.inside else ""
        if outcome := ended(self.slug, seen):
            return outcome
        form = find_form(seen.tree)
        if not self.inside and seen.path == f"/s/{self.slug}/" and form is None:
            return "failed"  # closed, paused, or a draft: there is nothing to press
        return ""

    async def _go_on(self, seen: Seen) -> Seen:
        if seen.status in (401, 403) or (seen.status >= 400 and seen.status != 422):
            self.records.wrong(f"page says {seen.status}: {seen.heading}")
            # A person opens the link they were given once more.
            return await (self._arrive() if seen.status == 401 else self._here())
        live = next((n for n in seen.tree.walk() if n.tag in ("mv-conversation", "mv-interview")), None)
        if live is not None and live.attrs.get("socket"):
            talker = Talker(seen.language, self.rng)
            if live.tag == "mv-interview":
                talker = Interviewee(seen.language, self.rng, person=self.person or self.name)
            return await self._talk(talker, live.attrs["socket"], live.attrs["twin"])
        form = find_form(seen.tree)
        if form is None or not form.asks:
            self.records.wrong(f"nothing to do on a page: {seen.heading}")
            return await self._here()
        return await self._submit(seen, form)

    async def _submit(self, seen: Seen, form: Form) -> Seen:
        step = form.fields["step"].value if "step" in form.fields else ""
        stage = form.fields["stage"].value if "stage" in form.fields else ""
        tries = self.returned[f"{stage}/{step}"]
        if tries > MOST_RETURNS:
            raise GaveUpError(f"{stage} {step} came back {tries} times: {_problems(seen)}")
        pairs = fill_form(form, self.profile, seen.language, self.rng, tries)
        if judged := judge_page(seen.tree, form, self.opinions, self.rng):
            pairs = [pair for pair in pairs if not pair[0].startswith("answer.")]
            pairs += [(name, value) for name, value in judged.items() if value]
        if (voted := judge_story(seen.tree, form, self.person or self.name)) is not None:
            pairs = voted
            await self._wait(seen)
        if self.mind is not None:
            pairs = self.mind.judge(seen.tree, form, pairs, self.person or self.name)
        await self._read(seen)
        if self.declines and (no := next((b for b in form.buttons if b[0] and not b[2]), None)):
            pairs = [pair for pair in pairs if pair[0] != no[0]] + [(no[0], no[1])]
        starting = not stage
        answer = await self.browser.post(
            form.action or seen.path, pairs, step="start" if starting else "submit"
        )
        if answer.status == 422:
            self.returned[f"{stage}/{step}"] += 1
            return answer
        if answer.status < 400:
            self.inside = True
            moved = "moved" in parse_qs(answer.query).get("note", ())
            if not starting and not moved:
                self.progress_at = time.monotonic()
                sent = {"stage": stage, "step": step, "pairs": pairs}
                self.records.acknowledge(self.name, "submit", form.fields["key"].value, sent)
        return answer

    async def _wait(self, seen: Seen) -> None:
        """Stay a moment on a page that says something is being prepared; that is no standstill."""
        if any("data-waiting" in node.attrs for node in seen.tree.walk()):
            self.progress_at = time.monotonic()
            await asyncio.sleep(0.5)

    async def _read(self, seen: Seen) -> None:
        """Stay on a page to judge as long as its form asks for, and as long as this person's mind takes."""
        asks = max((int(node.attrs.get("data-dwell") or 0) for node in seen.tree.walk()), default=0)
        judging = any(node.has_class("judging") for node in seen.tree.walk())
        takes = self.rng.uniform(*self.mind.file.seconds) if judging and self.mind is not None else 0.0
        if asks or takes:
            await asyncio.sleep(max(asks / 1000 + 0.05, takes))

    async def _talk(self, talker: Talker, socket: str, twin: str) -> Seen:
        chat = Chat(self.name, self.browser, self.records, talker, self.rng, socket, twin, plain=self.plain)
        before = len(self.records.acknowledged)
        await chat.hold()
        if len(self.records.acknowledged) > before:
            self.progress_at = time.monotonic()
        return await self._here()

    async def _here(self) -> Seen:
        return await self.browser.get(f"/s/{self.slug}/here/")

    def _check_patience(self, seen: Seen) -> None:
        if time.monotonic() - self.progress_at > 2 * self.browser.patience:
            raise GaveUpError(
                f"no way on for {2 * self.browser.patience:.0f} s at {seen.path}: {self._told(seen)}"
            )

    @staticmethod
    def _told(seen: Seen) -> str:
        return f"{seen.status} {seen.heading}".strip()


def ended(slug: str, seen: Seen) -> str:
    """Return how it ended where ``seen`` is a last page that says so, else ""."""
    if seen.path != f"/s/{slug}/done/":
        return ""
    # A last page that does not say how it ended is none we know: better stranded than called complete.
    return next((n.attrs["data-reason"] for n in seen.tree.walk() if "data-reason" in n.attrs), "")


def _problems(seen: Seen) -> str:
    box = next((node for node in seen.tree.walk() if node.attrs.get("id") == "errors"), None)
    return box.text[:300] if box else seen.heading


def page_state(seen: Seen) -> dict[str, object]:
    """Return the JSON state that a chat page carries, {} where there is none."""
    for node in seen.tree.walk():
        if node.tag == "script" and node.attrs.get("type") == "application/json":
            found = orjson.loads(node.raw or "{}")
            if isinstance(found, dict) and "conversation" in found:
                return found
    return {}
