"""A Keras layer's options: taken one by one; the rest is noted, refused, or known not to matter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cnn.network.errors import shown
from cnn.network.keras.read_graph import Node
from cnn.network.shapes import Shape

_USUAL = {
    "kernel_initializer": "glorotuniform",
    "depthwise_initializer": "glorotuniform",
    "pointwise_initializer": "glorotuniform",
    "bias_initializer": "zeros",
    "beta_initializer": "zeros",
    "moving_mean_initializer": "zeros",
    "alpha_initializer": "zeros",
    "gamma_initializer": "ones",
    "moving_variance_initializer": "ones",
}
_SILENT = (
    *("name", "batch_input_shape", "batch_shape", "build_input_shape", "autocast"),
    *("fused", "renorm_clipping", "renorm_momentum"),  # of batch norm: how fast, and of renorm=True
)


@dataclass(slots=True)
class Notes:
    """What an architecture cannot hold, and of which layers it was left out."""

    layers: dict[str, list[str]] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    def add(self, what: str, node: Node) -> None:
        self.say(f"Left out: {what}", node.name)

    def say(self, what: str, name: str) -> None:
        """A sentence that ends in the names of all layers it is said of."""
        self.layers.setdefault(what, []).append(name)

    def sentences(self) -> tuple[str, ...]:
        found = []
        for what, names in self.layers.items():
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            found.append(f"{what} ({', '.join(map(shown, names[:3]))}{more}).")
        return (*found, *self.others)


@dataclass(slots=True)
class Options:
    """A layer's options, taken one by one; whatever is left in the end must not matter."""

    node: Node
    shape: Shape
    notes: Notes
    left: dict[str, Any]

    @classmethod
    def of(cls, node: Node, shape: Shape, notes: Notes) -> Options:
        return cls(node, shape, notes, {key: _plain(node.options[key]) for key in node.options})

    def take(self, name: str, default: Any = None) -> Any:
        return self.left.pop(name, default)

    def check_axis(self) -> None:
        """Refuses an axis that is not the last: the channels of a map, the features of a vector."""
        axis = self.take("axis", -1)
        if isinstance(axis, list) and len(axis) == 1:
            axis = axis[0]
        if axis not in (-1, len(self.shape)):
            raise self.node.error(f"axis={shown(axis)} is not the last. Use axis=-1.")

    def finish(self) -> None:
        """Notes what is left out, and refuses what nothing here knows."""
        if self.take("data_format") not in (None, "channels_last"):
            raise self.node.error(
                "data_format='channels_first', but here channels come last. Build the model with "
                "data_format='channels_last'."
            )
        if (policy := _policy(self.take("dtype"))) != "float32":
            self.notes.add(f"dtype {policy}; here all is float32", self.node)
        if self.take("trainable", True) is False:
            self.notes.add("trainable=False; here the layer is trained", self.node)
        # Keras 3 writes False for every dropout, and then trains with dropout all the same.
        heeds = "Dropout" in self.node.kind if self.node.training else False
        if self.node.training is not None and (heeds or self.node.kind == "BatchNormalization"):
            self.notes.add(f"the call with training={self.node.training}", self.node)
        if self.take("groups", 1) != 1:
            raise self.node.error("groups above 1 belong to Conv2D alone.")
        if (dilation := self.take("dilation_rate", 1)) not in (1, [1, 1]):
            raise self.node.error(
                f"dilation_rate={shown(dilation)} has no counterpart here. Use dilation_rate=1."
            )
        for name, value in self.left.items():
            if name in _SILENT or value is None or value is False:
                continue
            if name.endswith("_initializer"):
                if _word(value) != _USUAL.get(name):
                    self.notes.add(f"{name} {_called(value)}", self.node)
            elif name.endswith(("_regularizer", "_constraint")):
                self.notes.add(f"{name} {_called(value)}", self.node)
            elif name in ("seed", "synchronized"):
                self.notes.add(f"{name}={shown(value)}", self.node)
            else:
                raise self.node.error(
                    f"the option {shown(name)}: {shown(value)} has no counterpart here. Remove it."
                )


def _plain(value: Any, depth: int = 3) -> Any:
    """A value as Keras 3 writes it: Keras 2 wraps tuples and arrays in `.keras` files."""
    if isinstance(value, dict) and value.get("class_name") == "__tuple__":
        value = value.get("items")
    if isinstance(value, dict) and value.get("class_name") == "__numpy__":
        config = value.get("config")
        value = config.get("value") if isinstance(config, dict) else None
    if isinstance(value, list) and depth:
        return [_plain(item, depth - 1) for item in value]
    return value


def _policy(dtype: Any) -> str:
    """The name of a dtype or of a policy; a policy without a name is called what it is."""
    if isinstance(dtype, dict):
        config = dtype.get("config")
        name = config.get("name") if isinstance(config, dict) else None
        dtype = name or dtype.get("class_name")
    return "float32" if dtype is None else str(dtype)[:40]


def _called(value: Any) -> str:
    """What an initializer, regularizer or constraint is called in a note."""
    name = value.get("class_name") if isinstance(value, dict) else value
    return name if isinstance(name, str) and name.isidentifier() and len(name) < 60 else shown(name)


def _word(value: Any) -> str:
    """An initializer's name as `_USUAL` writes it; early Keras wrote Glorot's as what it is."""
    config = value.get("config") if isinstance(value, dict) else None
    if isinstance(config, dict):
        told = config.get("scale"), config.get("mode"), config.get("distribution")
        if told == (1, "fan_avg", "uniform"):
            return "glorotuniform"
    return _called(value).replace("_", "").lower()
