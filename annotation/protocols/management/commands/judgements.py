"""manage.py judgements import: judgements from elsewhere, as interchange files."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotation.protocols.foreign.reading import KINDS
from annotation.protocols.foreign.storing import import_judgements
from multivocal.domain.files import BadFile
from multivocal.errors import NotFound, Refused
from multivocal.file_command import said_of
from multivocal.studies.models import Study


class Command(BaseCommand):
    """Exit codes: 0 done; 2 bad input (named by line), nothing changed."""

    help = "Import ratings, rankings or pairs (interchange CSV) about a study's items, for its report and datasets."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare ``import``."""
        verbs = parser.add_subparsers(
            dest="do", required=True, metavar="VERB", parser_class=argparse.ArgumentParser
        )
        take = verbs.add_parser("import", help="check FILE row by row and store its judgements")
        take.add_argument("slug", help="a study of its own that was never opened")
        take.add_argument("file", type=Path, metavar="FILE", help="CSV with a header, UTF-8")
        take.add_argument("--kind", choices=KINDS, required=True)
        take.add_argument(
            "--set",
            dest="items",
            default="",
            metavar="NAME",
            help="the items (default: the only set there is)",
        )
        take.add_argument(
            "--scale",
            type=int,
            nargs=2,
            metavar=("LOW", "HIGH"),
            help="of ratings (default: 1 to the highest score)",
        )
        take.add_argument(
            "--protocol", default="", metavar="KEY", help="its name in the data (default: the kind)"
        )
        take.add_argument("--dry-run", action="store_true", help="check everything, store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import one file."""
        file: Path = options["file"]
        try:
            study = Study.objects.filter(slug=options["slug"]).first()
            if study is None:
                raise NotFound(f"There is no study “{options['slug']}”.")
            done = import_judgements(
                study=study,
                raw=file.read_bytes(),
                name=file.name,
                kind=options["kind"],
                items=options["items"],
                protocol=options["protocol"],
                scale=tuple(options["scale"]) if options["scale"] else None,
                dry_run=options["dry_run"],
            )
        except BadFile as fault:
            lines = [*said_of(fault), "Nothing was changed."]
            raise CommandError("\n".join(lines), returncode=2) from None
        except Refused as refusal:
            raise CommandError(refusal.message, returncode=2) from None
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}.", returncode=2) from None
        would = " would be" if options["dry_run"] else ""
        self.stdout.write(
            f"{study.slug}: {done.new} judgements{would} stored of {done.raters} new raters; "
            f"{done.before} were there, {done.duplicates} rows were said twice."
        )
