"""A routing run in the seeded study: an audited pair that Ana labelled, and one whose label is a model's."""

import uuid
from typing import TYPE_CHECKING

from django.utils import timezone

from annotation.protocols.models import AiAnnotator, Item, Judgement, Presentation, ProtocolVersion
from annotation.routing.models import FinalLabel, Policy, Route, Run, RunJudge
from multivocal.llm.models import Call, LanguageModel

if TYPE_CHECKING:
    from tests.exports.seed import Seeded


def route_pairs(seeded: "Seeded") -> None:
    """Write what a run over the imported pairs leaves behind; the first one's person is Ana, Chidi and Dora too."""
    study, sha256 = seeded.study, "c" * 64
    policy = Policy.objects.create(
        study=study, name="first", version=1, config={}, sha256=sha256, frozen_at=timezone.now()
    )
    run = Run.objects.create(
        study=study, policy=policy, stage="compare", state="done", price_usd="0.05", started_at=timezone.now()
    )
    model = LanguageModel.objects.get(name="model-a")
    judge = AiAnnotator.objects.create(
        study=study, name="sharp", model=model, protocol=ProtocolVersion.objects.get(kind="ranking"),
        prompt_sha256="e" * 64,
    )  # fmt: skip
    RunJudge.objects.create(run=run, annotator=judge, judge="sharp", number=0)
    for n, item in enumerate(Item.objects.filter(item_set__study=study).order_by("number")):
        shown = Presentation.objects.create(
            item=item, annotator=judge, protocol=judge.protocol, stage="compare", seed=1, order_row=0,
            slots=[
                {"slot": slot, "stimulus": str(one.pk), "probability": 1.0, "inclusion": 1.0, "replaces": None}
                for slot, one in zip("AB", item.stimuli.order_by("-number"), strict=True)
            ],
        )  # fmt: skip
        call = Call.objects.create(
            account=study.pk, purpose="annotate", subject=str(shown.pk), model=model, state="done",
            started_at=timezone.now(), finished_at=timezone.now(), prompt_sha256="d" * 64, text="said", cost="0.001",
            request={"temperature": 0.5}, version="acme/a-2026",
        )  # fmt: skip
        said = Judgement.objects.create(
            presentation=shown,
            annotator=judge,
            key=uuid.uuid4(),
            payload={"ranks": {"A": 1, "B": 2}},
            call=call.pk,
        )
        route = Route.objects.create(
            run=run, item=item, phase="main", to="ai" if n else "both", reason="ai" if n else "audit",
            audit=not n, probability=0.1, human_wanted=not n, ai_label="b", ai_judge="sharp", p_ai=0.8,
            policy_sha256=sha256, features={"sharp: conflict": 0.0},
        )  # fmt: skip
        person = Judgement.objects.get(presentation__item=item, presentation__enrolment=seeded.people["ana"])
        FinalLabel.objects.create(
            route=route, label="b", provenance="ai" if n else "human", cost_usd="0.051",
            judgements=[str(said.pk if n else person.pk)],
        )  # fmt: skip
