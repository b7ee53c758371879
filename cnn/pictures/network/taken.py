"""The network drawn to scale, with what each layer begins with, and how far it is frozen."""

from __future__ import annotations

from collections.abc import Sequence

from cnn.network.errors import Path
from cnn.network.layers import Container
from cnn.network.trace import Trace
from cnn.pictures.kit.palette import ABOVE, BELOW, NEUTRAL, RIGHT, hex_of
from cnn.pictures.network.diagram import class_of, marked_diagram
from cnn.training.recipe.matching import Fate, Match

COLOURS = {Fate.TAKEN: RIGHT, Fate.REHEADED: hex_of(BELOW), Fate.NEW: hex_of(ABOVE)}

STYLE = (
    f".network .unmarked{{fill:{NEUTRAL}}}"
    + "".join(f".network .{class_of(fate)}{{fill:{own}}}" for fate, own in COLOURS.items())
    + f".network .shaded{{fill:{NEUTRAL};fill-opacity:.22}}"
    ".network .bend{fill:currentColor;fill-opacity:.35}"
    ".network .border{stroke:currentColor;stroke-width:2;stroke-dasharray:5 4;fill:none}"
)


def taken_diagram(
    trace: Trace, matches: Sequence[Match], freeze: int, *, is_shut: bool = False
) -> str:
    """The picture as one SVG text: layers by what they begin with, the frozen ones shaded.

    Where it `is_shut`, a block is one piece, of what its last layer begins with.
    """
    words: dict[Path, str] = {one.row.path: str(one.fate) for one in matches}
    blocks = {one.path for one in trace.rows if is_shut and isinstance(one.layer, Container)}
    words |= {one.row.path[:1]: str(one.fate) for one in matches if one.row.path[:1] in blocks}
    said = f"frozen: {freeze} layer{'s' * (freeze > 1)}"
    spoken = [f"{one.row.title} {one.fate}" for one in matches]
    about = f"{trace.architecture.name}: {', '.join(spoken)}; {said if freeze else 'none frozen'}"
    return marked_diagram(trace, words, freeze, said, style=STYLE, about=about, shut=blocks)
