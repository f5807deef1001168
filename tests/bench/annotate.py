"""Models annotating items: throughput with 2, 4 and 8 worker processes, and what an item costs.

The simulator takes most of a second for an answer, as a real endpoint would; so what is measured is whether workers
stand in one another's way, until the processors are full.
"""

import resource
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from tests.bench.figures import Figure
from tests.processes.servers import ROOT, Place

WORKERS = (2, 4, 8)
AT_ONCE = 8
FIRST_S, PACE = 0.5, 100
MODEL = "sim-judge-sharp"
FULL = 0.85  # of all processors


@dataclass(frozen=True)
class Went:
    """What one number of workers did: items a second, workers' CPU per item, how busy the machine was, US dollars."""

    workers: int
    rate: float
    cpu_ms: float
    busy: float
    cost: float
    unread: int


def run(place: Place, quick: bool) -> list[Figure]:
    """Annotate 10,000 items at each number of workers (400 where it has to be quick)."""
    items = 400 if quick else 10_000
    place.extra |= {"SIM_TOKENS_PER_SECOND": str(PACE), "SIM_FIRST_SECONDS": str(FIRST_S)}
    place.start("simulator")
    make_items(items)
    floor = bare(place, min(items, 1000))
    went = [annotate(place, workers, items) for workers in WORKERS]
    place.stop("simulator")
    figures = [
        Figure(
            f"items annotated, {one.workers} workers", one.rate, "/s", None, "high",
            note=f"{items:,} items, {one.unread} unread, {one.cpu_ms:.1f} ms of CPU and ${one.cost:.6f} an item, "
            f"machine {one.busy:.0%} busy",
            detail=vars(one) | {"items": items},
        )
        for one in went
    ]  # fmt: skip
    for fewer, more in pairwise(went):
        full = more.busy > FULL
        figures.append(
            Figure(
                f"  {more.workers} workers over {fewer.workers}, in parts of twice", more.rate / fewer.rate / 2, "",
                None if full else 0.8, "high", note="the machine was full" if full else "",
            )
        )  # fmt: skip
    costs = [one.cost for one in went]
    figures.append(Figure("  dearest over cheapest cost per item", max(costs) / min(costs), "", 1.02))
    figures.append(
        Figure("  CPU per item, 2 workers", went[0].cpu_ms, "ms", None, "low", floor,
               "floor: the same requests sent by the bare client")
    )  # fmt: skip
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


def bare(place: Place, number: int) -> float:
    """Send so many requests by the bare client from a process of its own; return CPU milliseconds for each."""
    before = children()
    command = [
        sys.executable,
        "-m",
        "tests.bench.bare_requests",
        place.simulator_url,
        str(number),
        str(AT_ONCE),
    ]
    subprocess.run(command, cwd=ROOT, env=place.environment(), check=True)
    return 1000 * (children() - before) / number


def annotate(place: Place, workers: int, items: int) -> Went:
    """Have so many processes annotate; seconds count from the first request to the last answer."""
    name = f"w{workers}"
    used, (busy, all_of) = children(), ticks()
    command = [sys.executable, "manage.py", "annotators", "run", "hybrid", name]
    every = [
        subprocess.Popen(
            command, cwd=ROOT, env=place.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        for _worker in range(workers)
    ]
    for one in every:
        _out, wrong = one.communicate()
        # 1 says that an answer could not be read, which this model now and then sees to.
        if one.returncode not in (0, 1):
            raise RuntimeError(wrong.decode()[-2000:])
    cpu, (busy_then, all_then) = children() - used, ticks()
    first, last = place.rows(
        "SELECT min(c.started_at), max(c.finished_at) FROM llm_call c JOIN protocols_presentation p"
        " ON p.id::text = c.subject JOIN protocols_aiannotator a ON a.id = p.annotator_id WHERE a.name = %(name)s",
        name=name,
    )[0]
    cost, judged, unread, calls = spent(name)
    if judged != items or calls != items:
        raise RuntimeError(f"{judged} of {items} items judged in {calls} calls")
    return Went(
        workers,
        items / (last - first).total_seconds(),
        1000 * cpu / items,
        (busy_then - busy) / (all_then - all_of),
        float(cost) / items,
        unread,
    )


def spent(name: str) -> tuple[Decimal, int, int, int]:
    """Return US dollars, screens judged, those whose answer could not be read, and calls of an annotator."""
    from django.db.models import Sum

    from annotation.protocols.models import Judgement, Presentation
    from multivocal.llm.models import Call

    screens = Presentation.objects.filter(annotator__name=name)
    calls = Call.objects.filter(
        purpose="annotate", subject__in=[str(pk) for pk in screens.values_list("pk", flat=True)]
    )
    judged = Judgement.objects.filter(annotator__name=name, superseded_at=None)
    unread = judged.exclude(state=Judgement.State.OK).count()
    return calls.aggregate(usd=Sum("cost"))["usd"] or Decimal(0), judged.count(), unread, calls.count()


def children() -> float:
    """Return the CPU seconds of the processes that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ticks() -> tuple[int, int]:
    """Return the machine's busy and whole processor time since it started."""
    line = Path("/proc/stat").read_text().splitlines()[0]
    times = [int(part) for part in line.split()[1:9]]
    return sum(times) - times[3] - times[4], sum(times)
