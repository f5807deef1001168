"""``study simulate``: its options, its checks before anything is sent, its exit code."""

import argparse
import asyncio
import json
import os
import secrets
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from multivocal.studies.simulate.census import TABLE, read_census
from multivocal.studies.simulate.crowd import Crowd, send_crowd
from multivocal.studies.simulate.planted import read_mind, shipped_mind
from multivocal.studies.simulate.records import Records
from multivocal.studies.simulate.report import as_text, summary


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("slug")
    parser.add_argument(
        "-n", "--people", type=int, default=10, metavar="N", help="how many participants (10)"
    )
    parser.add_argument("--seed", type=int, help="the same seed gives the same people and minds")
    parser.add_argument(
        "--concurrency", type=int, default=20, metavar="C", help="how many at the same time (20)"
    )
    parser.add_argument("--url", help="the server (http://127.0.0.1:$PORT, by default port 8000)")
    parser.add_argument("--languages", default="en", help="what their browsers ask for, in turn: en,ar")
    parser.add_argument(
        "--decline", type=float, default=0.0, metavar="SHARE", help="share that declines consent"
    )
    parser.add_argument("--census", type=Path, default=TABLE, help="CSV: country, age, ethnicity, sex, share")
    parser.add_argument(
        "--patience", type=float, default=90.0, metavar="S", help="seconds without any news (90)"
    )
    parser.add_argument("--plain", action="store_true", help="no sockets: the plain twin alone")
    parser.add_argument(
        "--mind", type=Path, metavar="FILE", help="YAML: how they judge answers, with a known effect"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the same numbers as JSON")


def run(options: dict[str, Any]) -> int:
    """Send the bots; 0 everybody reached a proper end, 1 somebody is stranded or never got in, 2 bad input."""
    try:
        crowd = _crowd(options)
        asyncio.run(_check_door(crowd))
    except (ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    records = Records()
    started = time.monotonic()
    asyncio.run(send_crowd(crowd, records))
    told = {"study": crowd.slug, "seed": crowd.seed, **summary(records, time.monotonic() - started)}
    sys.stdout.write(f"{as_text(told)}\n")
    if options.get("json"):
        options["json"].write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 1 if records.count("stranded") or records.count("failed") else 0


def _crowd(options: dict[str, Any]) -> Crowd:
    site = options.get("url") or f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"
    parts = urlsplit(site)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"--url {site}: give an address such as http://127.0.0.1:8000")
    for name, low in (("people", 1), ("concurrency", 1)):
        if options[name] < low:
            raise ValueError(f"{name}: at least {low}, not {options[name]}")
    if not 0 <= options["decline"] <= 1:
        raise ValueError(f"--decline {options['decline']}: a share lies between 0 and 1")
    if options["patience"] <= 0:
        raise ValueError(f"--patience {options['patience']}: more than 0 seconds")
    if options.get("json") and not options["json"].parent.is_dir():
        raise ValueError(f"--json: there is no folder {options['json'].parent}")
    return Crowd(
        site=f"{parts.scheme}://{parts.netloc}",
        slug=options["slug"],
        people=options["people"],
        at_once=options["concurrency"],
        seed=secrets.randbits(31) if options["seed"] is None else options["seed"],
        languages=tuple(code.strip() for code in options["languages"].split(",") if code.strip()) or ("en",),
        decline=options["decline"],
        patience=options["patience"],
        plain=options["plain"],
        mind=read_mind(options["mind"]) if options.get("mind") else shipped_mind(options["slug"]),
        cells=tuple(read_census(options["census"])),
    )


async def _check_door(crowd: Crowd) -> None:
    """Look at the study's page before anybody is sent; ValueError says why nobody could get in."""
    address = f"{crowd.site}/s/{crowd.slug}/"
    try:
        async with aiohttp.ClientSession() as session, session.get(address) as response:
            status = response.status
    except aiohttp.ClientError as error:
        raise ValueError(
            f"{crowd.site} does not answer ({error}). Is the server running? Try: make run"
        ) from None
    if status == 404:
        raise ValueError(f"There is no study “{crowd.slug}” at {crowd.site}.")
    if status >= 400:
        raise ValueError(f"{address} says {status}: nobody could take part.")
