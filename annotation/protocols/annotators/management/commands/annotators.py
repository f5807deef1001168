"""manage.py annotators …: have models judge a study's items, and see how far they are."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from pydantic import ValidationError

from annotation.protocols.annotators.progress import is_short, progress_of
from annotation.protocols.annotators.running import Ran, asking_of, resume_asking, run_asking
from annotation.protocols.annotators.shapes import DEFAULT_RUBRIC, Rubric
from annotation.protocols.annotators.wanted import Wanted, make_wanted
from annotation.protocols.annotators.work import OWN, plan_work
from annotation.protocols.models import AiAnnotator
from multivocal.domain.shapes import problems
from multivocal.errors import Invalid, NotFound, Refused
from multivocal.studies.models import Study

EXIT_CODES = """\
Exit codes: 0 done; 1 done, with answers that failed or could not be read, or stopped before the end (the reason is
named); 2 bad input, nothing changed.
"""


class Command(BaseCommand):
    """Models as annotators, from the command line."""

    help = "Have models judge a study's items, and see how far they are."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(
            dest="do", required=True, metavar="VERB", parser_class=argparse.ArgumentParser
        )
        make = verbs.add_parser("make", help="make the annotator NAME and write what it is to be asked")
        make.add_argument("slug")
        make.add_argument("name")
        make.add_argument("--model", required=True, help="name of a language model")
        make.add_argument(
            "--ask",
            required=True,
            metavar="STAGE/PROTOCOL|KIND",
            help="as at a stage, or a kind with nothing set",
        )
        make.add_argument(
            "--items", default=OWN, metavar="SET", help="an item set, @stage (default) or @live"
        )
        make.add_argument("--limit", type=int, help="the most items to take")
        make.add_argument("--samples", type=int, default=1, metavar="K", help="answers to each screen")
        make.add_argument("--one-order", action="store_true", help="not in both orders")
        make.add_argument("--rubric", type=Path, metavar="FILE", help="what the model is told, as YAML")
        make.add_argument("--temperature", type=float)
        make.add_argument("--max-tokens", type=int, default=600)
        make.add_argument("--at-once", type=int, default=4, help="requests at the same time")
        make.add_argument("--no-schema", action="store_true", help="the endpoint takes no JSON schema")
        run = verbs.add_parser("run", help="ask, here and now, until nothing is left", epilog=EXIT_CODES)
        run.add_argument("slug")
        run.add_argument("name")
        run.add_argument("--items", metavar="SET", help="add these items first")
        run.add_argument("--seconds", type=float, help="stop after about so long; the workers go on")
        run.add_argument("--again", action="store_true", help="ask once more about what failed")
        status = verbs.add_parser("status", help="how far they are, what they cost, what is left")
        status.add_argument("slug")
        status.add_argument("name", nargs="?")
        status.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one verb; a refusal names every place and exits 2."""
        try:
            study = Study.objects.filter(slug=options["slug"]).first()
            if study is None:
                raise NotFound(f"There is no study “{options['slug']}”.")
            code = getattr(self, f"_{options['do']}")(study, options)
        except Refused as refusal:
            lines = [refusal.message, *(f"  {place}: {said}" for place, said in refusal.fields.items())]
            raise CommandError("\n".join(lines), returncode=2) from None
        if code:
            sys.exit(code)

    def _make(self, study: Study, options: dict[str, Any]) -> int:
        try:
            names = (
                "name",
                "model",
                "ask",
                "items",
                "limit",
                "samples",
                "temperature",
                "max_tokens",
                "at_once",
            )
            wanted = Wanted(
                **{name: options[name] for name in names if options[name] is not None},
                both_orders=not options["one_order"],
                structured=not options["no_schema"],
            )
        except ValidationError as error:
            raise Invalid("Some of this cannot be used.", fields=problems(error)) from None
        rubric = _rubric(options["rubric"]) if options["rubric"] else DEFAULT_RUBRIC
        with transaction.atomic():
            annotator, planned = make_wanted(study=study, wanted=wanted, rubric=rubric)
        self.stdout.write(
            f"{annotator.name}: prompt {annotator.prompt_sha256[:12]}, {planned.new} questions are new, "
            f"{planned.before} were there, {planned.unfit} items do not fit."
        )
        self._tell(annotator)
        every = AiAnnotator.objects.filter(study=study).select_related("model", "protocol", "study")
        if is_short(study, map(progress_of, every)):
            self.stderr.write(
                "Warning: the study's budget may not be enough for what is left to ask. "
                "The models stop when it is spent; raise it first."
            )
        return 0

    def _run(self, study: Study, options: dict[str, Any]) -> int:
        annotator = _annotator(study, options["name"])
        with transaction.atomic():
            if options["items"]:
                plan_work(annotator=annotator, items=options["items"])
            resume_asking(annotator=annotator, again=options["again"], ring=False)
        ran = run_asking(annotator=annotator, seconds=options["seconds"], tell=self._show)
        self.stderr.write("")
        counts = ", ".join(f"{count} {state}" for state, count in sorted(ran.counts.items())) or "nothing"
        self.stdout.write(
            f"{annotator.name}: {counts}; {ran.state}{f' ({ran.reason})' if ran.reason else ''}."
        )
        self._tell(annotator)
        bad = ran.counts["failed"] + ran.counts["unparsed"]
        return 1 if bad or ran.state == "stopped" else 0

    def _show(self, ran: Ran) -> None:
        self.stderr.write(f"\r{ran.counts.total()} asked", ending="")

    def _status(self, study: Study, options: dict[str, Any]) -> int:
        rows = AiAnnotator.objects.filter(study=study).select_related("model", "protocol", "study")
        found = [_annotator(study, options["name"])] if options["name"] else list(rows.order_by("created_at"))
        if options["json"]:
            told = {one.name: progress_of(one).as_json() | _state(one) for one in found}
            self.stdout.write(json.dumps(told, indent=2))
            return 0
        for one in found:
            self._tell(one)
        return 0

    def _tell(self, annotator: AiAnnotator) -> None:
        p = progress_of(annotator)
        left = "" if p.forecast_usd is None else f", {'at most' if p.basis == 'most' else 'about'} "
        left += "" if p.forecast_usd is None else f"${p.forecast_usd:.4f} to come"
        state = _state(annotator)
        why = f" ({state['reason']})" if state["reason"] else ""
        self.stdout.write(
            f"{annotator.name}: {state['state'] or 'not started'}{why}, {p.judged} of {p.screens} judged "
            f"({p.ok} ok, {p.no_answer} no answer, {p.unparsed} unparsed, {p.failed} failed), "
            f"${p.cost_usd:.4f} in {p.calls} calls{left}."
        )


def _state(annotator: AiAnnotator) -> dict[str, str]:
    asking = asking_of(annotator)
    return {"state": asking.state if asking else "", "reason": asking.reason if asking else ""}


def _annotator(study: Study, name: str) -> AiAnnotator:
    found = AiAnnotator.objects.filter(study=study, name=name).select_related("model", "protocol", "study")
    if (one := found.first()) is None:
        known = ", ".join(AiAnnotator.objects.filter(study=study).values_list("name", flat=True)) or "none"
        raise NotFound(f"This study has no annotator “{name}”. There are: {known}.")
    return one


def _rubric(path: Path) -> Rubric:
    try:
        return Rubric.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise Invalid(f"{path}: cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Invalid(f"{path}: this is not YAML: {error}") from None
    except ValidationError as error:
        raise Invalid(f"{path}: this is no rubric.", fields=problems(error)) from None
