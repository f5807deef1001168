"""The studies that come with the project, as designers would write them."""

from pathlib import Path

FOLDER = Path(__file__).parent
# The first page of a new server lists them in this order.
FIRST = ("quick-chat", "prism", "rating-vs-ranking")


def shipped_files() -> list[Path]:
    """Return the YAML files of all shipped studies, the best known first."""
    files = {path.stem: path for path in sorted(FOLDER.glob("*.yaml")) if "." not in path.stem}
    return [files[name] for name in FIRST if name in files] + [p for n, p in files.items() if n not in FIRST]


def item_files(study: Path) -> list[Path]:
    """Return the item sets that come with a shipped study: ``SLUG.SET.jsonl`` beside its YAML."""
    return sorted(study.parent.glob(f"{study.stem}.*.jsonl"))
