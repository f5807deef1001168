"""Models annotating items: throughput with 2, 4 and 8 worker processes, and what an item costs.

The simulator takes about a second for an answer, as a real endpoint would; so what is measured is whether workers stand
in one another's way, until a core is full.
"""

import subprocess
import sys
import time
from decimal import Decimal

from tests.bench.figures import Figure
from tests.processes.servers import ROOT, Place

WORKERS = (2, 4, 8)
AT_ONCE = 4
FIRST_S, PACE = 0.7, 20
MODEL = "sim-judge-sharp"


def run(place: Place, quick: bool) -> list[Figure]:
    """Annotate 10,000 items at each number of workers (120 where it has to be quick)."""
    items = 120 if quick else 10_000
    place.extra |= {"SIM_TOKENS_PER_SECOND": str(PACE), "SIM_FIRST_SECONDS": str(FIRST_S)}
    place.start("simulator")
    make_items(items)
    rate: dict[int, float] = {}
    figures: list[Figure] = []
    for workers in WORKERS:
        seconds, cpu = annotate(place, f"w{workers}", workers)
        rate[workers] = items / seconds
        cost, judged, calls = spent(f"w{workers}")
        if judged != items or calls != items:
            raise RuntimeError(f"{judged} of {items} items judged in {calls} calls")
        figures.append(
            Figure(
                f"items annotated, {workers} workers", rate[workers], "/s", None, "high",
                note=f"{items} items, {cpu:.2f} cores, ${float(cost) / judged:.7f} an item",
                detail={"items": items, "seconds": seconds, "cost_per_item": float(cost) / judged, "cpu": cpu},
            )
        )  # fmt: skip
    costs = [figure.detail["cost_per_item"] for figure in figures]
    full = figures[-1].detail["cpu"] > 1.0
    figures.append(
        Figure(
            "  8 workers over 2, in parts of four times", rate[8] / rate[2] / 4, "", None if full else 0.8, "high",
            note="a core was full" if full else "",
        )
    )  # fmt: skip
    figures.append(Figure("  dearest over cheapest cost per item", max(costs) / min(costs), "", 1.001))
    place.stop("simulator")
    return figures


def make_items(number: int) -> None:
    """Make an open study with so many pairs, and a model annotator per number of workers with all of them planned."""
    from annotation.protocols.annotators.making import config_at, make_annotator
    from annotation.protocols.annotators.models import Asking
    from annotation.protocols.annotators.shapes import AskParams
    from annotation.protocols.annotators.work import plan_work
    from annotation.protocols.items.shapes import ItemRow
    from annotation.protocols.items.storing import store_items
    from multivocal.llm import budgets
    from multivocal.llm.models import LanguageModel
    from multivocal.studies.lifecycle import open_study
    from multivocal.studies.shipped import FOLDER, item_files
    from multivocal.studies.versions import save_draft
    from multivocal.studies.yaml_in import read_yaml

    path = FOLDER / "hybrid.yaml"
    study = save_draft(document=read_yaml(path.read_bytes()).data).study
    lines = item_files(path)[0].read_text(encoding="utf-8").splitlines()
    rows = [ItemRow.model_validate_json(line) for line in lines]
    main = [row for row in rows if row.split == "main"]
    many = [
        main[n % len(main)].model_copy(
            update={"id": f"{n}", "prompt": f"{main[n % len(main)].prompt} ({n:06d})"}
        )
        for n in range(number)
    ]
    store_items(study=study, name="pandalm", rows=[*many, *(row for row in rows if row.split != "main")])
    open_study(study=study)
    budgets.set_limits(account=study.pk, limits=budgets.BudgetLimits(Decimal(100_000)))
    params = AskParams(stage="compare", protocol_key="better", at_once=AT_ONCE)
    model = LanguageModel.objects.get(name=MODEL)
    for workers in WORKERS:
        one = make_annotator(
            study=study, name=f"w{workers}", model=model, config=config_at(study, "compare", "better"),
            params=params, both_orders=False,
        )  # fmt: skip
        plan_work(annotator=one, items="@stage", limit=number)
        Asking.objects.create(annotator=one, state="paused")


def annotate(place: Place, name: str, workers: int) -> tuple[float, float]:
    """Have so many processes annotate; return seconds from the first answer on, and cores used."""
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    command = [sys.executable, "manage.py", "annotators", "run", "hybrid", name]
    every = [
        subprocess.Popen(
            command, cwd=ROOT, env=place.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        for _worker in range(workers)
    ]
    for one in every:
        _out, wrong = one.communicate()
        if one.returncode:
            raise RuntimeError(wrong.decode()[-2000:])
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / wall
    first, last = place.rows(
        "SELECT min(c.started_at), max(c.finished_at) FROM llm_call c JOIN protocols_presentation p"
        " ON p.id::text = c.subject JOIN protocols_aiannotator a ON a.id = p.annotator_id WHERE a.name = %(name)s",
        name=name,
    )[0]
    return (last - first).total_seconds(), cpu


def spent(name: str) -> tuple[Decimal, int, int]:
    """Return US dollars, screens judged and calls of an annotator."""
    from django.db.models import Sum

    from annotation.protocols.models import Judgement, Presentation
    from multivocal.llm.models import Call

    screens = Presentation.objects.filter(annotator__name=name)
    calls = Call.objects.filter(
        purpose="annotate", subject__in=[str(pk) for pk in screens.values_list("pk", flat=True)]
    )
    judged = Judgement.objects.filter(annotator__name=name, superseded_at=None).count()
    return calls.aggregate(usd=Sum("cost"))["usd"] or Decimal(0), judged, calls.count()
