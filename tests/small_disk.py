"""A disk of its own with little room, for tests that fill it; root on Linux may mount one."""

import shutil
import subprocess
import tempfile
from pathlib import Path


def mounted(folder: Path, size: str) -> bool:
    """Whether a disk of that size is mounted at a folder now."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    return bool(shutil.which("mount")) and not subprocess.run(mount, capture_output=True).returncode


def unmount(folder: Path) -> None:
    subprocess.run(["umount", "-l", str(folder)], check=False)


def can_be_mounted() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        found = mounted(Path(folder), "1M")
        if found:
            unmount(Path(folder))
    return found
