"""What README says for a notebook, in a real one: pictures, tables and a figure come out."""

import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.proof
def test_the_lines_of_the_readme_show_a_picture_a_table_and_a_curve(tmp_path: Path, monkeypatch):
    nbformat = pytest.importorskip("nbformat", reason="no nbformat here (pip install nbformat)")
    nbclient = pytest.importorskip("nbclient", reason="no nbclient here (pip install nbclient)")
    pytest.importorskip("ipykernel", reason="no ipykernel here (pip install ipykernel)")
    monkeypatch.setenv("CNN_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```python\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE)
    lines = [line for line in block.splitlines() if line]
    cells = [nbformat.v4.new_code_cell(line) for line in lines]
    notebook = nbformat.v4.new_notebook(cells=cells)

    nbclient.NotebookClient(notebook, timeout=600, kernel_name="python3").execute(
        cwd=os.fspath(tmp_path)
    )

    shown = ["\n".join(said(output) for output in cell.outputs) for cell in notebook.cells]
    assert "<svg" in shown[1]
    assert "<table" in shown[2]
    assert "61,706 parameters" in shown[2]
    assert "epoch 5/5" in shown[3]
    assert "oneDNN" not in shown[3], "what TensorFlow says of itself is left out"
    assert "application/vnd.plotly.v1+json" in shown[4]


def said(output) -> str:
    return str(output.get("text", "")) + "\n".join(
        f"{kind} {content}" for kind, content in output.get("data", {}).items()
    )
