"""A study with comparisons, its items, and people with browsers who judge them as a page asks."""

import random
import re
from typing import Any

from multivocal.studies.models import Enrolment, Study
from multivocal.studies.simulate.answers import fill_form
from multivocal.studies.simulate.census import draw_profile, read_census
from multivocal.studies.simulate.forms import Form, find_form
from multivocal.studies.simulate.judging import judge_page
from multivocal.studies.simulate.markup import parse_page
from multivocal.studies.simulate.minds import PlainMind
from tests.studies.studies import CONSENT, DEBRIEF, Person, make_study

SYSTEMS = ("sys-one", "sys-two", "sys-three", "sys-four", "sys-five")


def item(n: int, responses: int = 2, **more: Any) -> dict[str, Any]:
    """Return one item with as many responses."""
    return {
        "id": f"item-{n}",
        "prompt": f"What is good about the number {n}?",
        "responses": [
            {"id": f"r{k + 1}", "text": f"Answer {k + 1} about {n}.", "system": SYSTEMS[k]}
            for k in range(responses)
        ],
        **more,
    }


def stage(**more: Any) -> dict[str, Any]:
    """Return a comparison stage: ten pairs, each judged by two people, unless told otherwise."""
    return {
        "id": "compare",
        "kind": "comparison",
        "items": [item(n) for n in range(10)],
        "protocols": {"pair": {"kind": "pairwise3"}},
        "per_person": 10,
        "per_item": 2,
    } | more


def comparison_study(slug: str = "pairs", arms: list[dict[str, Any]] | None = None, **more: Any) -> Study:
    """Return an open study of consent, comparison and debrief."""
    levels = {"factors": more.pop("factors")} if "factors" in more else {}
    return make_study(
        slug=slug, stages=[CONSENT, stage(**more), DEBRIEF], arms=arms or [{"key": "all"}], **levels
    )


class Judge(Person):
    """Somebody who judges what the page shows."""

    def __init__(self, name: str, slug: str = "pairs") -> None:
        super().__init__(slug=slug, pid=name)
        self.rng = random.Random(name)

    def arrive_at_screens(self, *, begin: bool = True) -> "Judge":
        """Go through the consent and, unless told otherwise, press Begin."""
        self.arrive()
        self.start()
        self.agree()
        if begin:
            self.submit()
        return self

    @property
    def enrolment(self) -> Enrolment:
        """Return the person's row."""
        return Enrolment.objects.get(participant__identities__external_id=self.pid, study__slug=self.slug)

    def form(self) -> Form:
        """Return the form on the page the person is at."""
        found = find_form(parse_page(self.here().content.decode()))
        assert found is not None
        return found

    def step(self) -> str:
        """Return the step of the page the person is at; empty after the last."""
        found = re.search(rb'name="step" value="([^"]*)"', self.here().content)
        return found[1].decode() if found else ""

    def judge(self, **answers: str) -> Any:
        """Answer the screen that is open, with the page's own key."""
        return self.submit(
            **{f"answer.{name}": value for name, value in (answers or {"choice": "a"}).items()}
        )

    def judge_all(self, **answers: str) -> int:
        """Answer screens until the stage is over; return how many."""
        number = 0
        while self.hidden().get("stage") == "compare":
            reading = self.step().startswith("read-")
            (self.submit if reading else self.judge)(**({} if reading else answers))
            number += 1
            assert number < 500
        return number

    def read_and_judge(self) -> int:
        """Answer every screen by reading its form, as a simulated participant does; return how many."""
        mind, number = PlainMind(self.rng), 0
        profile = draw_profile(tuple(read_census()), self.rng)
        while self.hidden().get("stage") == "compare":
            page = parse_page(self.page.content.decode())
            form = find_form(page)
            assert form is not None
            judged = judge_page(page, form, mind, self.rng) or {}
            pairs = [p for p in fill_form(form, profile, "en", self.rng) if not p[0].startswith("answer.")]
            answer = self.post(
                "here/", dict(pairs) | {name: value for name, value in judged.items() if value}
            )
            assert answer.status_code == 303, (judged, answer.content.decode())
            self.here()
            number += 1
        return number
