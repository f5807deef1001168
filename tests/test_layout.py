"""The shape of the repository: the traps of its layout, small files, nothing of one machine in it."""

import ast
import re
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CODE = ("platform/", "annotation/", "elicitation/")
LONGEST = 300
MEDIAN = 100


def tracked(*endings: str) -> list[Path]:
    """Return the tracked files with one of ``endings`` (all, without any), relative to the root."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    names = [name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]
    return [Path(name) for name in names if not endings or name.endswith(endings)]


def ours(*endings: str) -> list[Path]:
    """Return tracked code files that people wrote (migrations are generated)."""
    return [path for path in tracked(*endings) if "migrations" not in path.parts]


def lines_of(path: Path) -> int:
    return len((ROOT / path).read_text().splitlines())


def test_platform_never_shadows_the_standard_library() -> None:
    folder = ROOT / "platform"
    children = {path.name for path in folder.iterdir() if path.name != "__pycache__"}
    assert not (folder / "__init__.py").exists(), "a package platform/ hides the real module"
    assert not list(folder.glob("*.py")), "a file here makes pytest put platform/ on the path"
    assert children == {"multivocal"}, "a second child of platform/ may hide a module of the standard library"
    import platform

    assert Path(platform.__file__ or "").parent != folder
    assert platform.python_version()


def test_no_child_of_a_source_root_has_a_name_of_the_standard_library() -> None:
    names = {path.name for path in (ROOT / "platform").iterdir()} | {"annotation", "elicitation"}
    assert not names & set(sys.stdlib_module_names)


def test_files_are_small() -> None:
    long = {str(path): lines_of(path) for path in ours(".py", ".ts", ".css") if lines_of(path) > LONGEST}
    assert not long, f"above {LONGEST} lines: {long}"
    sizes = [size for path in ours(".py") if str(path).startswith(CODE) and (size := lines_of(path))]
    assert statistics.median(sizes) <= MEDIAN, f"the median file has {statistics.median(sizes)} lines"


def test_every_module_says_in_one_sentence_what_it_is() -> None:
    silent = []
    for path in ours(".py"):
        text = (ROOT / path).read_text()
        if text.strip() and not ast.get_docstring(ast.parse(text)):
            silent.append(str(path))
    assert not silent


def test_nothing_of_one_machine_or_one_registry_is_in_the_repository() -> None:
    # Written in pieces, so that this file is not its own finding.
    forbidden = re.compile(
        "|".join(["/" + "work/", "/" + "root/", "/home/" + r"\w", "pypi" + r"\.org", "registry" + r"\.npmjs"])
    )
    found = []
    for path in tracked():
        try:
            text = (ROOT / path).read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path}: {match.group()}" for match in forbidden.finditer(text)]
    assert not found


def test_the_servers_start_without_heavy_libraries() -> None:
    heavy = {"pandas", "pyarrow", "numpy", "openai", "aiohttp", "playwright"}
    script = f"import multivocal.asgi, multivocal.celery, sys; print(sorted({heavy!r} & set(sys.modules)))"
    command = [sys.executable, "-c", script]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.stdout.strip() == "[]", f"import these where they are used {result.stdout}{result.stderr}"


def test_inner_parts_never_import_outer_ones() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
