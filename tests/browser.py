"""The browser of the end-to-end tests: one that is here, else Debian's, else Playwright's own download."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# As root Chromium needs --no-sandbox; the others keep it from calling anybody but the server under test.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_browser() -> str | None:
    """Return the path of a Chromium: CHROMIUM's, the machine's or Playwright's; None where there is none."""
    for name in (os.environ.get("CHROMIUM", ""), *NAMES):
        if name and (found := shutil.which(name)):
            return found
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    return next(
        (str(path) for path in sorted(folder.glob("chromium-*/*/chrome")) if os.access(path, os.X_OK)), None
    )


def install_browser() -> str | None:
    """Try the ways to a browser, each only where it can work; return its path, or None."""
    ways = []
    if shutil.which("apt-get") and os.geteuid() == 0:
        ways.append(
            "apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y chromium >/dev/null"
        )
    ways.append(f"'{sys.executable}' -m playwright install --with-deps chromium")
    ways.append(f"'{sys.executable}' -m playwright install chromium")
    for way in ways:
        if found := find_browser():
            return found
        print(f"Getting a browser for the tests: {way}", flush=True)
        subprocess.run(way, shell=True, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    return find_browser()


def main() -> None:
    """Get a browser; without one the browser tests fail by name, so this does not stop the others."""
    if not install_browser():
        print("No Chromium could be had. The browser tests will fail; set CHROMIUM to the path of one.")


if __name__ == "__main__":
    main()
