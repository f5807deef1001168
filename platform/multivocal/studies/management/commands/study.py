"""manage.py study …: import, export, open, pause, close, seed, audit, report, schema and simulate."""

import argparse
import json
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from multivocal.errors import NotFound, Refused
from multivocal.studies.audit import verify_chain
from multivocal.studies.json_schema import schema_text
from multivocal.studies.lifecycle import close_study, open_study, pause_study
from multivocal.studies.models import Study
from multivocal.studies.preflight import check_study
from multivocal.studies.reports import report, reports_of
from multivocal.studies.seeding import seed_studies
from multivocal.studies.versions import newest_version, save_draft
from multivocal.studies.yaml_in import LARGEST, Document, read_yaml
from multivocal.studies.yaml_out import SCHEMA_ADDRESS, write_yaml

# Bots live in their own package; it brings add_arguments(parser) and run(options) -> exit code.
SIMULATE = "multivocal.studies.simulate.command"


class Command(BaseCommand):
    """Studies as files: exit codes are 0 done, 1 done with a finding, 2 bad input with nothing changed."""

    help = "Import, export, open, pause, close, seed, audit, report or simulate a study."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare one sub-command per verb."""
        verbs = parser.add_subparsers(
            dest="do", required=True, metavar="VERB", parser_class=argparse.ArgumentParser
        )
        take = verbs.add_parser("import", help="validate FILE and store it as a draft; never live")
        take.add_argument("file", metavar="FILE.yaml", help="- reads standard input")
        give = verbs.add_parser("export", help="write the newest version as YAML")
        give.add_argument("slug")
        give.add_argument("-o", "--output", metavar="FILE")
        give.add_argument(
            "--version", dest="number", type=int, metavar="N", help="another version than the newest"
        )
        for name, text in (
            ("open", "freeze the draft and let people in"),
            ("pause", "let nobody new in; people under way go on"),
            ("close", "end data collection for good"),
            ("check", "print the checklist that opening goes through"),
            ("audit", "print who did what, and whether the record is whole"),
        ):
            verbs.add_parser(name, help=text).add_argument("slug")
        told = verbs.add_parser("report", help="print a report's numbers as JSON, or one part of them")
        told.add_argument("slug")
        told.add_argument("name", nargs="?", help="which report; the first that fits when left out")
        told.add_argument("--part", metavar="PATH", help="such as balance or plan.departures")
        verbs.add_parser("seed", help="store and open the studies that come with the project")
        schema = verbs.add_parser("schema", help="print the JSON Schema of study files")
        schema.add_argument("-o", "--output", metavar="FILE")
        bots = verbs.add_parser("simulate", help="send simulated participants through a study")
        if find_spec("multivocal.studies.simulate") and find_spec(SIMULATE):
            import_module(SIMULATE).add_arguments(bots)
        else:
            bots.add_argument("slug")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one verb; a refusal is said with every place and exits 2."""
        try:
            code = getattr(self, f"do_{options['do']}")(options)
        except Refused as refusal:
            raise CommandError(told(refusal), returncode=2) from None
        if code:
            sys.exit(code)

    def do_import(self, options: dict[str, Any]) -> None:
        """Store a file as a draft."""
        document = _read(options["file"])
        try:
            version = save_draft(document=document.data)
        except Refused as refusal:
            raise CommandError(told(refusal, document, options["file"]), returncode=2) from None
        self.stdout.write(
            f"{version.study.slug}: stored as version {version.number}, {_state(version.study)}."
        )

    def do_export(self, options: dict[str, Any]) -> None:
        """Write a version as YAML."""
        study = _study(options["slug"])
        version = (
            study.versions.filter(number=options["number"]).first()
            if options["number"]
            else newest_version(study)
        )
        if version is None:
            raise NotFound(f"The study “{study.slug}” has no such version.")
        text = write_yaml(version.definition, schema=SCHEMA_ADDRESS)
        _give(self, text, options["output"])

    def do_open(self, options: dict[str, Any]) -> None:
        """Open a study."""
        version = open_study(study=_study(options["slug"]))
        self.stdout.write(f"{options['slug']}: open, version {version.number} ({version.sha256[:12]}).")

    def do_pause(self, options: dict[str, Any]) -> None:
        """Pause a study."""
        pause_study(study=_study(options["slug"]))
        self.stdout.write(f"{options['slug']}: paused. Nobody new can start; people under way go on.")

    def do_close(self, options: dict[str, Any]) -> None:
        """Close a study."""
        close_study(study=_study(options["slug"]))
        self.stdout.write(f"{options['slug']}: closed. Everything collected stays.")

    def do_check(self, options: dict[str, Any]) -> int:
        """Print the checklist; 1 where something stops the study from opening."""
        version = newest_version(_study(options["slug"]))
        findings = check_study(version.shape) if version else []
        for finding in findings:
            self.stdout.write(f"{finding.level:5} {finding.place}: {finding.message}")
        if not findings:
            self.stdout.write("Nothing stands in the way.")
        return 1 if any(finding.level == "stop" for finding in findings) else 0

    def do_audit(self, options: dict[str, Any]) -> int:
        """Print the record of a study; 1 where its chain is broken."""
        study = _study(options["slug"])
        for event in study.audit.select_related("user"):
            who = event.user.get_username() if event.user else "command line"
            detail = json.dumps(event.detail, ensure_ascii=False) if event.detail else ""
            self.stdout.write(
                f"{event.at:%Y-%m-%d %H:%M:%S}Z  {event.digest[:12]}  {who}: {event.verb} {detail}".rstrip()
            )
        broken = verify_chain(study)
        if broken is None:
            self.stdout.write("The record is whole.")
            return 0
        self.stdout.write(
            f"The record is broken at event {broken}: it or one before it was changed or removed."
        )
        return 1

    def do_report(self, options: dict[str, Any]) -> int:
        """Print a report; 1 while a worker still computes it."""
        study = _study(options["slug"])
        fitting = [report(options["name"])] if options["name"] else reports_of(study)
        if not fitting:
            raise NotFound(f"There is no report on “{study.slug}”.")
        numbers = fitting[0].build(study, {})
        if numbers is None:
            self.stdout.write("A worker is computing it. Ask again in a while.")
            return 1
        part: Any = numbers
        for key in (options["part"] or "").split("."):
            if key and not (isinstance(part, dict) and key in part):
                known = ", ".join(sorted(part)) if isinstance(part, dict) else "none"
                raise NotFound(f"There is no part “{key}”. There are: {known}.")
            part = part[key] if key else part
        self.stdout.write(json.dumps(part, ensure_ascii=False, indent=1))
        return 0

    def do_seed(self, options: dict[str, Any]) -> int:
        """Store and open the shipped studies."""
        code = 0
        for slug, outcome, refusal in seed_studies():
            self.stdout.write(f"{slug}: {outcome}.")
            if refusal is not None:
                self.stderr.write(told(refusal))
                code = 1
        return code

    def do_schema(self, options: dict[str, Any]) -> None:
        """Print the JSON Schema."""
        _give(self, schema_text(), options["output"])

    def do_simulate(self, options: dict[str, Any]) -> int:
        """Hand over to the bots."""
        if not find_spec(SIMULATE):
            raise CommandError("The simulated participants are not part of this installation.", returncode=2)
        return int(import_module(SIMULATE).run(options) or 0)


def told(refusal: Refused, document: Document | None = None, name: str = "") -> str:
    """Return a refusal as lines: the sentence, then every place with the line it stands on."""
    lines = [f"{name}: {refusal.message}" if name else refusal.message]
    for place, message in refusal.fields.items():
        number = document.line(place) if document else None
        where = f"line {number}, {place}" if number else place
        lines.append(f"  {where}: {message}")
    return "\n".join(lines)


def _read(name: str) -> Document:
    try:
        with sys.stdin.buffer if name == "-" else Path(name).open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise CommandError(f"{name}: cannot be read: {error.strerror}.", returncode=2) from None
    try:
        return read_yaml(raw)
    except Refused as refusal:
        raise CommandError(told(refusal, None, name), returncode=2) from None


def _study(slug: str) -> Study:
    study = Study.objects.filter(slug=slug).first()
    if study is None:
        known = ", ".join(Study.objects.values_list("slug", flat=True)[:10]) or "none yet"
        raise NotFound(f"There is no study “{slug}”. There are: {known}.")
    return study


def _state(study: Study) -> str:
    return "a draft" if study.state == Study.State.DRAFT else f"a draft beside the {study.state} version"


def _give(command: BaseCommand, text: str, output: str | None) -> None:
    if output is None:
        command.stdout.write(text, ending="")
        return
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{output}: cannot be written: {error.strerror}.", returncode=2) from None
