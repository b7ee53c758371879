"""What of the wheel pyproject.toml has no words for: the app, in a folder of its own.

In a checkout `app.py`, `pages/` and `ui/` lie at the top; beside other people's packages they may
not.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
APP = "cnn_workbench_app"
PARTS = ("app.py", ".streamlit/config.toml", "pages", "ui")
NOT_NEEDED = shutil.ignore_patterns("__pycache__", "*.pyc", "tsconfig.json", ".DS_Store")


class WithApp(build_py):
    """Builds the package `cnn`, and puts the app beside it."""

    def run(self) -> None:
        if self.editable_mode:  # the app is found where it is
            super().run()
            return
        shutil.rmtree(self.build_lib, ignore_errors=True)  # what an earlier build had is not there
        super().run()
        folder = Path(self.build_lib) / APP
        for part in PARTS:
            source, target = HERE / part, folder / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=NOT_NEEDED)
            else:
                shutil.copyfile(source, target)


setup(cmdclass={"build_py": WithApp})
