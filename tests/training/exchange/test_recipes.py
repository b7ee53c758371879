"""The recipes of docs/exchange.md, run as they stand there where their package is installed."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from cnn.training.exchange.tables import epoch_rows, every_run, run_rows, write_parquet
from cnn.training.store.store import Store
from tests.training.stores import trained

TEXT = (Path(__file__).parents[3] / "docs" / "exchange.md").read_text(encoding="utf-8")
RECIPES = {
    re.search(r"^import (wandb|mlflow|trackio)$", code, re.MULTILINE)[1]: code  # type: ignore[index]
    for code in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    if "read_parquet" in code
}
OFFLINE = {
    "WANDB_MODE": "offline",
    "WANDB_SILENT": "true",
    "TRACKIO_DIR": "trackio",
    "MLFLOW_TRACKING_URI": "file:mlruns",
    "MLFLOW_ALLOW_FILE_STORE": "true",
}


def test_there_is_a_recipe_of_about_ten_lines_for_each():
    assert set(RECIPES) == {"wandb", "mlflow", "trackio"}
    assert all(len(code.strip().splitlines()) <= 13 for code in RECIPES.values())


@pytest.mark.parametrize("package", sorted(RECIPES))
def test_a_recipe_logs_every_run(tmp_path: Path, package: str):
    python = os.environ.get(f"CNN_{package.upper()}_PYTHON", sys.executable)
    if python == sys.executable and find_spec(package) is None:
        pytest.skip(f"{package} is not installed here: pip install {package}")
    store = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    trained(store, days_ago=1)
    runs = list(every_run(store))
    write_parquet(run_rows(store, runs), tmp_path / "runs.parquet")
    write_parquet(epoch_rows(store, runs), tmp_path / "runs-epochs.parquet")
    store.close()
    (tmp_path / "recipe.py").write_text(RECIPES[package])
    ran = subprocess.run(
        [python, "recipe.py"],
        cwd=tmp_path,
        env=os.environ | OFFLINE | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    left = {one.name for one in tmp_path.iterdir()}
    assert left & {"wandb", "mlruns", "mlflow.db", "trackio", ".cache"}, left
