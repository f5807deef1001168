"""manage.py items …: import items into a study, and list the sets it has."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count

from annotation.protocols.items.reading import LARGEST
from annotation.protocols.items.storing import Imported, import_items
from multivocal.errors import NotFound, Refused
from multivocal.studies.models import Study

TOLD = 20


class Command(BaseCommand):
    """Items as files: exit codes are 0 done, 1 done with rows left out, 2 bad input with nothing changed."""

    help = "Import items (JSONL or CSV) into a study, or list its sets."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(
            dest="do", required=True, metavar="VERB", parser_class=argparse.ArgumentParser
        )
        take = verbs.add_parser("import", help="check FILE row by row and store it as the set NAME")
        take.add_argument("slug")
        take.add_argument("file", metavar="FILE", help="JSONL or CSV; - reads standard input")
        take.add_argument("--set", dest="name", required=True, metavar="NAME")
        take.add_argument("--dry-run", action="store_true", help="check everything, store nothing")
        take.add_argument(
            "--skip-bad", action="store_true", help="leave bad rows out instead of refusing the file"
        )
        take.add_argument("--keep-empty", action="store_true", help="an empty response is an answer too")
        verbs.add_parser("list", help="the sets of a study").add_argument("slug")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one verb; a refusal names every bad row and exits 2."""
        try:
            study = Study.objects.filter(slug=options["slug"]).first()
            if study is None:
                raise NotFound(f"There is no study “{options['slug']}”.")
            code = self._list(study) if options["do"] == "list" else self._import(study, options)
        except Refused as refusal:
            lines = [refusal.message, *(f"  {place}: {said}" for place, said in refusal.fields.items())]
            raise CommandError("\n".join(lines), returncode=2) from None
        if code:
            sys.exit(code)

    def _import(self, study: Study, options: dict[str, Any]) -> int:
        done = import_items(
            study=study,
            name=options["name"],
            raw=_read(options["file"]),
            source=Path(options["file"]).name if options["file"] != "-" else "standard input",
            dry_run=options["dry_run"],
            skip_bad=options["skip_bad"],
            keep_empty=options["keep_empty"],
        )
        self._tell(study, options["name"], done, options["dry_run"])
        return 1 if done.left_out else 0

    def _tell(self, study: Study, name: str, done: Imported, dry_run: bool) -> None:
        for title, notes in (("note", done.notes), ("left out", done.left_out)):
            for note in notes[:TOLD]:
                self.stderr.write(f"{title}: {note}")
            if len(notes) > TOLD:
                self.stderr.write(f"{title}: … and {len(notes) - TOLD} more")
        splits = ", ".join(f"{count} {split}" for split, count in sorted(done.splits.items()))
        what = "would change nothing" if not done.changed else "would be stored" if dry_run else "stored"
        what = "nothing changed, the set holds this already" if not done.changed and not dry_run else what
        what += f" in place of {done.replaced} items" if done.changed and done.replaced else ""
        self.stdout.write(
            f"{study.slug}: {done.items} items ({splits}), {done.responses} responses, "
            f"{len(done.left_out)} rows left out; set “{name}” ({done.sha256[:12]}): {what}."
        )

    def _list(self, study: Study) -> int:
        for row in study.item_sets.annotate(n=Count("items")):
            self.stdout.write(f"{row.name}: {row.n} items, {row.sha256[:12]}, {row.source}")
        return 0


def _read(name: str) -> bytes:
    try:
        with sys.stdin.buffer if name == "-" else Path(name).open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise CommandError(f"{name}: cannot be read: {error.strerror}.", returncode=2) from None
