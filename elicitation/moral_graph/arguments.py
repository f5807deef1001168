"""What may be said to ``manage.py moral_graph``: its verbs and options; loads nothing that a file does not need."""

from pathlib import Path
from typing import Any

ESTIMATORS = ("posterior", "published")


def add_verbs(verbs: Any) -> None:
    """Declare the verbs that need the database."""
    take = verbs.add_parser("snapshot", help="make a study's graph from its votes, keep it and write it")
    take.add_argument("--estimator", choices=ESTIMATORS, default="posterior")
    take.add_argument("--question", default="", help="of one question alone")
    take.add_argument("--context", default="", help="of one situation alone")
    take.add_argument("--arm", default="", help="of one arm alone")
    take.add_argument("--with-simulated", action="store_true", help="count simulated people too")
    take.add_argument("--with-seeds", action="store_true", help="count values no person has given")
    take.add_argument("--seed", type=int, default=0, help="of the resamples (0)")
    take.add_argument("--bootstrap", type=int, default=200, metavar="N", help="resamples (200)")
    again = verbs.add_parser("rebuild", help="make a kept graph again and say whether it is the same")
    again.add_argument("--snapshot", default="", metavar="ID", help="the newest one where left out")
    other = verbs.add_parser("partition", help="merge all cards anew under other parameters and compare")
    other.add_argument("--neighbours", type=int, default=5)
    other.add_argument("--distance", type=float, default=0.5)
    verbs.add_parser("prepare", help="merge the cards and write the stories that are due")
    brought = verbs.add_parser("import", help="take in the authors' graph, and votes on it")
    brought.add_argument("--graph", type=Path, metavar="FILE.json")
    brought.add_argument("--votes", type=Path, metavar="FILE.csv")
    for verb in (take, again, other, brought, verbs.choices["prepare"]):
        verb.add_argument("slug")
    for verb in (take, again, other):
        verb.add_argument("-o", dest="output", default="", metavar="OUT.json", help="- is the screen")
