"""The README of an exported run: a model card as Hugging Face reads it. Pure.

Its license is for the owner to choose, and the names of classes go in only where that is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from cnn.data import DatasetName, described
from cnn.network.heads import SHARES, end_activation
from cnn.network.shapes import shape_text
from cnn.network.summary import summary_text
from cnn.network.trace import trace
from cnn.numbers import number
from cnn.training.engine.environment import together
from cnn.training.recipe.conditions import terms
from cnn.training.recipe.run import Run

PUBLIC = {
    DatasetName.MNIST: "mnist",
    DatasetName.FASHION_MNIST: "fashion_mnist",
    DatasetName.CIFAR_10: "cifar10",
}
"""Data sets that have a name on the hub, and it."""

LICENSE = "# license: choose one, such as apache-2.0, and take the first two signs away"
CAUTION = (
    "Trained in CNN Workbench for learning and comparing. Not made for decisions about people."
)


def card(
    run: Run, class_names: Sequence[str], files: Sequence[tuple[str, str]], made_with: str
) -> str:
    """The card; `files` are what lies beside it and what each is, `class_names` empty unless asked
    for.
    """
    traced = trace(run.architecture)
    gives = "probabilities" if end_activation(run.architecture) in SHARES else "scores"
    lines = [
        "---",
        *_front(run),
        "---",
        "",
        f"# {_words(run.name)}",
        "",
        f"{_words(run.architecture.name)}: {traced.params_text}, "
        f"{traced.total_macs:,} multiply-accumulates an image. It reads images of "
        f"{shape_text(run.architecture.input)}, pixels {run.architecture.fed.words}, and gives "
        f"{gives} of {traced.output_shape[-1]} classes.",
        "",
        "## Results",
        "",
        *_results(run),
        "",
        "## Use",
        "",
        "```python",
        made_with.rstrip(),
        "```",
        "",
        *_classes(class_names),
        "## Training",
        "",
        f"- Data: {_words(described_data(run))}",
        f"- Length: {run.configuration.length}, seed {run.configuration.seed}",
        *_begun(run),
        *[f"- {name}: {_words(said)}" for name, said in _terms(run)],
        f"- Fingerprint of pixels, labels and class names: `{run.data_fingerprint}`",
        "",
        "## Limits",
        "",
        CAUTION,
        "",
        "## Files",
        "",
        *[f"- `{name}`: {what}" for name, what in files],
        "",
        "## Made with",
        "",
        *[f"- {name}: {_words(value)}" for name, value in together([run.environment])],
        "",
        "## Layers",
        "",
        "```",
        summary_text(traced).replace("```", "'''").rstrip(),
        "```",
    ]
    return "\n".join(lines) + "\n"


def described_data(run: Run) -> str:
    """The data in words that do not say where a person keeps files."""
    if run.configuration.dataset.name is DatasetName.OWN_IMAGES:
        return f"own images, {sum(run.images.values()):,} of them"
    return described(run.configuration.dataset)


def _front(run: Run) -> list[str]:
    """The YAML: every text in it is written as JSON, which YAML reads as one."""
    data = run.configuration.dataset
    lines = [
        LICENSE,
        "library_name: keras",
        "pipeline_tag: image-classification",
        "tags:",
        *[f"- {one}" for one in ("keras", "image-classification", "cnn-workbench")],
    ]
    if public := PUBLIC.get(data.name):
        lines += ["datasets:", f"- {public}"]
    if not run.result:
        return lines
    results: list[dict[str, Any]] = [
        {
            "task": {"type": "image-classification"},
            "dataset": {"name": described_data(run), "type": PUBLIC.get(data.name, "custom")},
            "metrics": [
                {"type": "accuracy", "value": run.result.test_accuracy},
                {"type": "loss", "value": run.result.test_loss},
            ],
        }
    ]
    return [
        *lines,
        "model-index:",
        f"- name: {json.dumps(run.name)}",
        f"  results: {json.dumps(results)}",
    ]


def _results(run: Run) -> list[str]:
    if run.result is None:
        return [f"Not tested: the run is {run.state}."]
    result = run.result
    looked = "once, after training"
    if run.continues:
        looked = f"after training, and before that when run {run.continues} had ended"
    said = (
        f"{result.test_accuracy:.1%} of {result.test_images:,} test images are right "
        f"(loss {number(result.test_loss)}). They were looked at {looked}. "
        f"{result.seen_in_words}"
    )
    images = f"Trained on {result.train_images:,}, validated on {result.validation_images:,}."
    return [said.rstrip(), images]


def _begun(run: Run) -> list[str]:
    """What it began with, where that were not new weights, and what of it was left as it was."""
    if not run.begun_with:
        return []
    start = run.configuration.start
    said = [run.begun_with]
    said += start.phrases(run.architecture) if start and not run.continues else []
    return [f"- Begun with: {_words('; '.join(said))}"]


def _terms(run: Run) -> list[tuple[str, str]]:
    train_images = run.images.get("train")
    batches = [run.configuration.batch_size_for(train_images)] if train_images else []
    return terms(run.configuration, batches)


def _classes(names: Sequence[str]) -> list[str]:
    if not names:
        return []
    numbered = [f"{label}. {_words(name)}" for label, name in enumerate(names)]
    return ["## Classes", "", *numbered, ""]


def _words(text: str) -> str:
    """Words of a person as Markdown shows them, and nothing more: no link, no mark, no HTML."""
    line = " ".join(text.split())
    return "".join(f"\\{one}" if one in "\\`*_{}[]<>#|!~$&" else one for one in line)
