"""Count every network of the atlas, and keep it as a design: `python -m scripts.make_atlas`.

Networks of `keras.applications` are built by Keras, without weights, and read as any Keras model
is. Parameters and multiply-accumulates are counted by Keras' layers themselves, and have to be what
the trace says; where a network cannot be read, Keras' counts are kept, and it has no design.
"""

import json
import math
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from cnn.network import atlas
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.keras.read import read_keras_config
from cnn.network.trace import trace
from cnn.network.zoo import entry

MADE = (1980, 1, 1, 0, 0, 0)
"""So that the same designs give the same file."""


def keras_macs(model: Any) -> int:
    """Multiply-accumulates for one image, from the shapes of Keras' layers and their kernels."""
    total = 0
    for layer in _leaves(model):
        kernels = [
            weight
            for weight in layer.weights
            if weight.path.endswith(("kernel", "pointwise_kernel", "depthwise_kernel"))
        ]
        if not kernels:
            continue
        shape = layer.output.shape
        places = math.prod(shape[1:-1])
        for kernel in kernels:
            total += places * math.prod(kernel.shape)
    return total


def _leaves(model: Any) -> list[Any]:
    """Its layers, those of models within it in their place."""
    found = []
    for layer in model.layers:
        found += _leaves(layer) if hasattr(layer, "layers") else [layer]
    return found


def built(name: str, side: int) -> Any:
    """The network as `keras.applications` builds it, for images of so many pixels a side."""
    import keras

    with keras.StatelessScope(initialize_variables=False):  # no numbers are needed to count them
        return getattr(keras.applications, name)(weights=None, input_shape=(side, side, 3))


def counted(model: Any) -> dict[str, int]:
    """What Keras itself counts of a model."""
    trainable = sum(math.prod(weight.shape) for weight in model.trainable_weights)
    return {"params": model.count_params(), "trainable": trainable, "macs": keras_macs(model)}


def read(model: Any, title: str) -> Architecture:
    """The model as a design; raises `ArchitectureError` where it cannot be one."""
    return replace(read_keras_config(model.to_json()).architecture, name=title)


def facts_of(design: Architecture) -> dict[str, int]:
    traced = trace(design)
    return {
        "params": traced.total_params,
        "trainable": traced.trainable_params,
        "macs": traced.total_macs,
        "depth": traced.depth,
        "field": max(traced.last_map_field),
    }


def main() -> None:
    from cnn.training.engine.tensorflow import import_tensorflow

    import_tensorflow()
    import keras

    told = json.loads(Path(atlas.HERE, "facts.json").read_text(encoding="utf-8"))
    found: dict[str, dict[str, int | None]] = {}
    with zipfile.ZipFile(atlas.DESIGNS, "w") as file:
        for one in told["networks"]:
            design = None
            if "zoo" in one:
                design = replace(entry(one["zoo"]).architecture, name=one["title"])
                found[one["id"]] = {**facts_of(design)}
            else:
                model = built(one["keras"], one["side"])
                counts = counted(model)
                try:
                    design = read(model, one["title"])
                except ArchitectureError as error:
                    print(f"{one['title']}: {error}")
                found[one["id"]] = counts | {"depth": None, "field": None}
                if design is not None:
                    ours = facts_of(design)
                    assert {name: ours[name] for name in counts} == counts, (one, ours, counts)
                    found[one["id"]] = {**ours}
                keras.backend.clear_session()
            if design is not None:
                member = zipfile.ZipInfo(f"{one['id']}.json", MADE)
                member.compress_type = zipfile.ZIP_DEFLATED
                file.writestr(member, design.to_json(), compresslevel=9)
            print(one["title"], found[one["id"]], flush=True)
    lines = ",\n".join(f"    {json.dumps(id)}: {json.dumps(facts)}" for id, facts in found.items())
    text = f'{{\n  "keras": "{keras.__version__}",\n  "networks": {{\n{lines}\n  }}\n}}\n'
    Path(atlas.HERE, "counted.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
