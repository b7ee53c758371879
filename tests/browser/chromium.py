"""A Chromium to test with: where it is, and how `make test` gets one (`python -m` this module).

Browsers are never downloaded from their makers' sites; the system's package is enough.
"""

import os
import shutil
import subprocess
from pathlib import Path

HEADLESS = "chromium-headless-shell"
"""Chromium without the windows that nobody sees: the same pages for less of the processor."""
NAMES = (
    *(HEADLESS, "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable", "chrome"),
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
)
GET = "Debian: apt-get install chromium; or name one in CNN_BROWSER"
MISSING = f"There is no Chromium or Chrome on this machine ({GET})."


def find() -> str | None:
    """Return the path of the browser to drive, or None where there is none."""
    named = os.environ.get("CNN_BROWSER")
    on_path = (shutil.which(name) for name in ((named,) if named else NAMES))
    places = () if named else (place for place in PLACES if Path(place).exists())
    return next((path for path in (*on_path, *places) if path), None)


def install() -> None:
    """Install Debian's chromium, or Ubuntu's, where that needs no password; else leave it."""
    root = os.name == "posix" and os.geteuid() == 0
    apt = ["apt-get"] if root else ["sudo", "--non-interactive", "apt-get"]
    if "CNN_BROWSER" in os.environ or not all(map(shutil.which, (apt[0], "apt-get"))):
        return
    print("Installing chromium for the browser tests ...", flush=True)
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    tried = [["install", "--yes", "--no-install-recommends", name] for name in NAMES[:2]]
    for command in (["update"], *tried):
        subprocess.run(apt + command, env=env, stdout=subprocess.DEVNULL, check=False)
        if find():
            return


if __name__ == "__main__" and find() is None:
    install()
