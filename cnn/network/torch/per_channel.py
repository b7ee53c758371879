"""The PyTorch modules of layers that have numbers of their own for each channel or cell."""

from __future__ import annotations

from cnn.network import layers as kinds
from cnn.network.layers.normalization import Numbers
from cnn.network.scripts.code import number
from cnn.network.torch.modules import Carried, Module, Modules
from cnn.network.trace import Row


def standardized(row: Row, layer: kinds.Normalization) -> Modules:
    """A Normalization; what adapt() finds is kept among the module's buffers."""
    shape = (row.input_shape[-1], 1, 1)[: len(row.input_shape)]
    if not row.weights:
        view = ".view(-1, 1, 1)" if len(shape) == 3 else ""
        given = (_tensor(layer.mean, view), _tensor(layer.variance, view))
        return (Module(row.path, "Normalize", given),)
    sizes = ", ".join(map(str, shape))
    args = (f"torch.zeros({sizes})", f"torch.ones({sizes})", "is_kept=True")
    carried = (
        Carried("mean", "mean", lambda array: array.reshape(shape)),
        Carried("variance", "variance", lambda array: array.reshape(shape)),
        Carried("count", "count"),
    )
    return (Module(row.path, "Normalize", args, carried),)


def _tensor(values: Numbers, view: str) -> str:
    if isinstance(values, tuple):
        return f"torch.tensor([{', '.join(map(number, values))}]){view}"
    assert values is not None
    return f"torch.tensor({number(values)})"


def layer_scale(row: Row, layer: kinds.LayerScale) -> Modules:
    """A LayerScale, whose factors stand in the first axis here."""
    args = (str(row.input_shape[-1]), number(layer.init_values))
    gamma = Carried("gamma", "gamma", lambda array: array.reshape(-1, 1, 1))
    return (Module(row.path, "LayerScale", args, (gamma,)),)


def prelu(row: Row, layer: kinds.PReLU) -> Modules:
    """A PReLU; PyTorch's own has one slope for each channel."""
    *pixels, channels = row.input_shape
    if pixels and not layer.shared:
        alpha = Carried("weight", "alpha", lambda array: array.transpose(2, 0, 1))
        return (Module(row.path, "PReLUOfCells", (str(channels), *map(str, pixels)), (alpha,)),)
    alpha = Carried("weight", "alpha", lambda array: array.reshape(-1))
    return (Module(row.path, "nn.PReLU", (str(channels), "init=0.0"), (alpha,)),)
