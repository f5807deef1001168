"""A study whose comparisons are routed: judges at the simulator, people with browsers who know the right answer."""

from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from annotation.protocols.annotators.models import Asking
from annotation.protocols.annotators.running import run_asking
from annotation.protocols.comparison.rows import open_screen
from annotation.protocols.models import Judgement, Presentation, Stimulus
from annotation.routing.models import Run
from annotation.routing.policies import freeze_policy
from annotation.routing.running import advance, make_run, start_run
from annotation.routing.shapes import PolicyConfig
from multivocal.llm.models import LanguageModel
from multivocal.studies.models import Enrolment, Study
from tests.annotators.kit import row
from tests.comparison.kit import Judge, comparison_study


def routed_study(slug: str = "routed", items: int = 12, **more: Any) -> Study:
    """Return an open study that compares a good and a poor answer per item; each person gets up to ten screens."""
    values: dict[str, Any] = {"items": "pairs", "per_person": 10, "per_item": 3, **more}
    rows = [row(n, **({"stratum": "health"} if n % 6 == 5 else {})) for n in range(items)]
    inline = [one.model_dump(mode="json", exclude_defaults=True) for one in rows]
    if values["items"] == "pairs":
        values["items"] = inline
    return comparison_study(slug, **values)


def policy(*models: LanguageModel, **more: Any) -> PolicyConfig:
    """Return a ladder over these models: no seed, everything cheap, unless told otherwise."""
    values: dict[str, Any] = {
        "name": "first", "stage": "compare", "router": "ladder", "seed": {"items": 0},
        "judges": [{"name": f"j-{one.name}", "model": one.name, "at_once": 4} for one in models],
        "budget": {"usd": "20", "per_human_usd": "0.10"},
        "patience": {"cooldown_s": 0, "give_up_s": 0, "rounds": 1},
    }  # fmt: skip
    return PolicyConfig.model_validate(values | more)


def begun(study: Study, config: PolicyConfig) -> Run:
    """Return a run that has been started."""
    run = make_run(policy=freeze_policy(study=study, config=config))
    start_run(run=run)
    return run


def let_judges_work(run: Run) -> None:
    """Ask whatever judges are to be asked, here and now."""
    for one in run.judges.select_related("annotator"):
        if Asking.objects.filter(annotator=one.annotator, state="running").exists():
            run_asking(annotator=one.annotator)


def go(run: Run, until: str, most: int = 30) -> Run:
    """Step on until a state, with judges at work; fail where it is never reached."""
    for _ in range(most):
        let_judges_work(run)
        if advance(run) == until:
            break
    run.refresh_from_db()
    assert run.state == until, (run.state, run.reason, run.sentence)
    return run


class Rater(Judge):
    """Somebody who sees which answer is the good one, and says so unless told to be ``wrong`` about some items."""

    def __init__(self, name: str, slug: str = "routed", wrong: tuple[str, ...] = ()) -> None:
        super().__init__(name, slug=slug)
        self.wrong = wrong

    def rate(self, most: int = 100) -> int:
        """Judge screens until the stage is over; return how many."""
        number = 0
        while number < most and self.hidden().get("stage") == "compare":
            screen = open_screen(self.enrolment, "compare")
            if screen is None:
                break
            good = next(n for n, slot in enumerate(screen.shown.slots) if "prime" in screen.shown.texts[slot])
            if any(name in screen.shown.prompt for name in self.wrong):
                good = 1 - good
            self.judge(choice="ab"[good])
            number += 1
        return number

    def rate_quickly(self) -> int:
        """Judge all that was drawn, as rows: what the pages do is tested elsewhere."""
        now = timezone.now()
        screens = list(
            Presentation.objects.filter(enrolment=self.enrolment, done_at=None).select_related("item")
        )
        texts = dict(Stimulus.objects.filter(item__in=[s.item_id for s in screens]).values_list("pk", "text"))
        rows = []
        for screen in screens:
            good = next(n for n, slot in enumerate(screen.slots) if "prime" in texts[UUID(slot["stimulus"])])
            if any(name in screen.item.prompt for name in self.wrong):
                good = 1 - good
            payload = {"choice": "ab"[good]}
            rows.append(
                Judgement(
                    presentation=screen, enrolment=self.enrolment, key=uuid4(), payload=payload, shown_at=now
                )
            )
        Judgement.objects.bulk_create(rows)
        Presentation.objects.filter(pk__in=[screen.pk for screen in screens]).update(done_at=now)
        Enrolment.objects.filter(pk=self.enrolment.pk).update(status="complete", finished_at=now)
        return sum(screen.role == "main" for screen in screens)


def rated(name: str, slug: str = "routed", wrong: tuple[str, ...] = ()) -> int:
    """Have somebody come, judge all they are given, and return how many screens that were."""
    return Rater(name, slug, wrong).arrive_at_screens().rate_quickly()
