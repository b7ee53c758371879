"""What the lesson on convolution says of sizes: the formula with its numbers, and the floor."""

from __future__ import annotations

from collections.abc import Callable

from cnn.network.shapes import Axis
from cnn.numbers import number


def size_formula(axis: Axis) -> str:
    r"""The output size in LaTeX, with the numbers put in.

    Where the padding is the same on both sides it is 2P; else it is what both sides have together.
    """
    symmetric = axis.before == axis.after
    padding = rf"2\cdot {axis.before}" if symmetric else str(axis.padding)
    letter = "2P" if symmetric else r"P_{\text{total}}"
    kernel, lines = "K", list[str]()
    if axis.dilation > 1:
        kernel = r"K_{\text{eff}}"
        spread = rf"{axis.dilation}\cdot({axis.kernel}-1)+1 = {axis.effective_kernel}"
        lines.append(rf"{kernel} &= D(K-1)+1 = {spread}")
    general = rf"\left\lfloor\frac{{H-{kernel}+{letter}}}{{S}}\right\rfloor+1"
    inside = f"{axis.size}-{axis.effective_kernel}+{padding}"
    numbers = rf"\left\lfloor\frac{{{inside}}}{{{axis.stride}}}\right\rfloor+1"
    lines += [rf"H_{{\text{{out}}}} &= {general}", f"&= {numbers} = {axis.output}"]
    return r"\begin{aligned}" + r" \\[4pt] ".join(lines) + r"\end{aligned}"


def size_notes(axis: Axis, text: Callable[..., str]) -> list[str]:
    """The floor in words, which border is dropped, and where the padding is uneven."""
    steps, exact = axis.output - 1, axis.room / axis.stride
    values = {
        "room": axis.room,
        "stride": axis.stride,
        "steps": steps,
        "exact": number(exact),
        "output": axis.output,
    }
    notes = [text("floor" if axis.unused else "fits", **values)]
    if axis.unused:
        what = text("dropped_padding" if axis.after else "dropped_input")
        one = axis.unused == 1 and not axis.after
        notes.append(text("dropped_one") if one else text("dropped", unused=axis.unused, what=what))
    if axis.before != axis.after:
        notes.append(text("uneven", before=axis.before, after=axis.after))
    return notes
