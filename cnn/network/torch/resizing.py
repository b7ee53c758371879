"""The PyTorch modules of layers that make a map larger, or cut some of it off."""

from __future__ import annotations

from cnn.network.layers import Conv2DTranspose, Cropping2D, UpSampling2D
from cnn.network.scripts.code import pair
from cnn.network.torch.modules import Array, Carried, Module, Modules
from cnn.network.trace import Row


def transposed(row: Row, layer: Conv2DTranspose) -> Modules:
    """PyTorch cuts off as much on both sides; `same` may cut off one more at the end."""
    rows, columns = layer.spread(row.input_shape)
    args = [str(row.input_shape[2]), str(layer.filters), pair(layer.kernel_size)]
    args += [f"stride={pair(layer.strides)}"] if layer.strides != (1, 1) else []
    cut = rows.before, columns.before
    args += [f"padding={pair(cut)}"] if any(cut) else []
    args += [] if layer.use_bias else ["bias=False"]
    carried = [Carried("weight", "kernel", _kernel)]
    carried += [Carried("bias", "bias")] if layer.use_bias else []
    convolution = Module(row.path, "nn.ConvTranspose2d", tuple(args), tuple(carried))
    below, beside = (one.after - one.before for one in (rows, columns))
    if not below and not beside:
        return (convolution,)
    note = '"same" cuts off more at the end'
    return convolution, cut_off(row, (0, -beside, 0, -below), note)


def cropping(row: Row, layer: Cropping2D) -> Modules:
    (top, bottom), (left, right) = layer.cropping
    return (cut_off(row, (-left, -right, -top, -bottom)),)


def cut_off(row: Row, sides: tuple[int, int, int, int], note: str = "") -> Module:
    """Negative padding: left, right, top and bottom."""
    return Module(row.path, "nn.ZeroPad2d", (str(sides),), note=note)


def up_sampling(row: Row, layer: UpSampling2D) -> Modules:
    """Bilinear, PyTorch counts from the middles of cells as Keras does, unless told otherwise.

    Its "nearest" multiplies by one over the factor, which rounding can put into the cell before.
    """
    is_exact = all(factor.bit_count() == 1 for factor in layer.size)
    mode = "bilinear" if layer.is_linear else "" if is_exact else "nearest-exact"
    args = (f"scale_factor={pair(layer.size)}", *((f'mode="{mode}"',) if mode else ()))
    return (Module(row.path, "nn.Upsample", args),)


def _kernel(array: Array) -> Array:
    """(height, width, out, in) -> (in, out, height, width)."""
    return array.transpose(3, 2, 0, 1)
