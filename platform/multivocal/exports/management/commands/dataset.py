"""``dataset list|write|release``: take data away from the command line."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from multivocal.errors import NotFound, Refused
from multivocal.exports import registry
from multivocal.exports.build import write_release
from multivocal.exports.cut import PARAMETERS, parse_cut
from multivocal.exports.formats import FORMATS, Source
from multivocal.exports.snapshot import snapshot
from multivocal.studies.audit import record_event
from multivocal.studies.models import Study


class Command(BaseCommand):
    """Exit codes: 0 done; 2 bad input (named), nothing written."""

    requires_system_checks = ()  # standard output is the data

    help = "List a study's datasets, write one to a file, or write a whole release into a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the three forms of the command."""
        forms = parser.add_subparsers(dest="form", required=True)
        listing = forms.add_parser("list", help="name the datasets and their columns")
        write = forms.add_parser("write", help="write one dataset to a file (- is the screen)")
        release = forms.add_parser("release", help="write a release into a folder that does not exist yet")
        for form in (listing, write, release):
            form.add_argument("slug")
        write.add_argument("name")
        write.add_argument("--format", choices=list(FORMATS), required=True)
        write.add_argument("--safe", action="store_true", help="CSV: ' before texts a spreadsheet would run")
        release.add_argument("--profile", default="native")
        release.add_argument("--formats", default="jsonl,csv,parquet", help="of the native profile")
        for form in (write, release):
            form.add_argument("-o", "--output", required=True)
            form.add_argument("--since", help="rows recorded at or after this date or time")
            form.add_argument("--annotator", help="rows of this pseudonym")
            form.add_argument("--version", dest="version_number", help="rows under this version of the study")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what was asked; a refusal names its place and ends with 2."""
        try:
            study = Study.objects.filter(slug=options["slug"]).first()
            if study is None:
                known = ", ".join(Study.objects.values_list("slug", flat=True)) or "none"
                raise NotFound(f"There is no study “{options['slug']}”. There are: {known}.")
            getattr(self, f"_{options['form']}")(study, options)
        except Refused as refusal:
            for place, reason in refusal.fields.items():
                self.stderr.write(f"{place}: {reason}")
            self.stderr.write(refusal.message)
            sys.exit(2)
        except OSError as error:
            self.stderr.write(f"{error.filename}: {error.strerror}")
            sys.exit(2)

    def _list(self, study: Study, options: dict[str, Any]) -> None:
        for key, found in registry.datasets().items():
            self.stdout.write(f"{key}  {found.title}")
            for column in found.columns:
                marks = " (identifying)" if column.identifying else ""
                self.stdout.write(f"    {column.name:<28} {column.type:<10} {column.description}{marks}")

    def _write(self, study: Study, options: dict[str, Any]) -> None:
        found, form = registry.dataset(options["name"]), FORMATS[options["format"]]
        if options["safe"] and form.key != "csv":
            raise Refused("--safe is for CSV: no other format is run by spreadsheets.")
        cut = parse_cut(study, self._asked(options))
        with snapshot() as moment:
            source = Source(moment.connection, found, cut, options["safe"])
            if options["output"] == "-":
                for piece in form.stream(source):
                    sys.stdout.buffer.write(piece)
                sys.stdout.buffer.flush()
            else:
                self._to_file(Path(options["output"]), form.stream(source))
        self.stderr.write(f"{source.rows} rows, as of {moment.at:%Y-%m-%d %H:%M:%S} UTC")

    def _to_file(self, target: Path, pieces: Any) -> None:
        # Under another name until it is whole: a broken run leaves no file that looks like one.
        draft = target.with_name(f".{target.name}.part")
        try:
            with draft.open("wb") as out:
                for piece in pieces:
                    out.write(piece)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)

    def _release(self, study: Study, options: dict[str, Any]) -> None:
        formats = tuple(part for part in options["formats"].split(",") if part)
        if not formats or set(formats) - set(FORMATS):
            raise Refused(f"--formats takes any of {', '.join(FORMATS)}, with commas.")
        manifest = write_release(
            study=study,
            target=Path(options["output"]),
            cut=parse_cut(study, self._asked(options)),
            profile_key=options["profile"],
            formats=formats,
        )
        detail = {"profile": options["profile"], "files": len(manifest["files"]), "cut": manifest["cut_at"]}
        record_event(study=study, user=None, verb="release made", detail=detail)
        for file in manifest["files"]:
            rows = "" if file["rows"] is None else f"{file['rows']} rows"
            self.stdout.write(f"{file['name']:<32} {rows:>14}  {file['sha256'][:16]}")

    def _asked(self, options: dict[str, Any]) -> dict[str, str | None]:
        return {key: options["version_number" if key == "version" else key] for key in PARAMETERS}
