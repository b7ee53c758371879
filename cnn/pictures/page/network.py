"""A trained network as a page: one draws or brings an image, and it answers there, by itself."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

from cnn.data.errors import DataError
from cnn.data.fitting import check_shape, image_text
from cnn.data.picture.centring import SIDE
from cnn.insight.passes.effort import Effort, of_weights
from cnn.insight.passes.in_browser import NotInBrowserError, check_in_browser, in_browser
from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.heads import SHARES, end_activation
from cnn.network.keras.model import Weights
from cnn.network.layers import Activation
from cnn.network.trace import FLOAT_BYTES, Trace, trace
from cnn.pictures.page.design import design_page, design_parts, in_short
from cnn.pictures.page.document import document, terms
from cnn.pictures.page.parts import Part, app_folder, placed
from cnn.pictures.page.stages import few, stages

MOST_WEIGHT_BYTES = 24_000_000
"""Of the numbers in a page: in letters they are a third more, which a browser still reads."""

FRAME_BYTES = 115_000
"""Scripts, styles and a small network's picture and table."""
AT_ONCE = 9
"""How often they are held while a page is written: as numbers, bytes and letters."""

MOST_STAGES = 6
MOST_MACS = 400_000_000
"""Of one image: about as much as a browser does in a second."""


TEN_DIGITS = tuple("0123456789")


class NoPageError(ArchitectureError):
    """A network that is not put into a page; says why."""


@dataclass(frozen=True, slots=True)
class About:
    """What a page says of a network: its classes, what one draws for it, and its card.

    Where `draws` is empty, one brings an image.
    """

    title: str
    class_names: tuple[str, ...]
    draws: str = ""
    card: Sequence[tuple[str, str]] = ()


def check_page(architecture: Architecture) -> None:
    """Raises `NoPageError` where there is no page of a network, before its weights are read."""
    traced = trace(architecture)
    if len(traced.output_shape) != 1 or traced.output_shape[0] < 2:
        raise NoPageError("A page is of a network that chooses among classes; this one does not.")
    if traced.total_params * FLOAT_BYTES > MOST_WEIGHT_BYTES:
        raise NoPageError(
            f"It has {traced.total_params:,} parameters; a page holds at most "
            f"{MOST_WEIGHT_BYTES // FLOAT_BYTES:,}."
        )
    if traced.total_macs > MOST_MACS:
        raise NoPageError(
            f"It takes {traced.total_macs:,} multiply-accumulates for one image; a browser takes "
            f"at most {MOST_MACS:,} here."
        )
    try:
        check_shape(architecture.input)
        check_in_browser(architecture)
    except DataError as error:
        raise NoPageError(str(error)) from error
    except NotInBrowserError as error:
        raise NoPageError(f"No browser runs this network: {error}.") from error


def page_bytes(architecture: Architecture) -> int:
    """How large a page is, about: its weights in letters, and what all pages hold. The picture and
    the table of a deep network make it larger.
    """
    return FRAME_BYTES + weight_letters(architecture)


def weight_letters(architecture: Architecture) -> int:
    """How many letters the weights are in a page."""
    return -(-trace(architecture).total_params * FLOAT_BYTES // 3) * 4


def effort_of_page(architecture: Architecture) -> Effort:
    """What it takes to write a page of a network."""
    asked = of_weights(architecture)
    return replace(asked, peak_bytes=AT_ONCE * asked.kept_bytes)


def web_page(
    architecture: Architecture,
    weights: Weights | None = None,
    class_names: Sequence[str] = (),
    folder: Path | None = None,
) -> bytes:
    """The page of a network that is no run: of its design alone where it has no weights; classes
    without names are numbered. Raises `NoPageError`.
    """
    if weights is None:
        return design_page(architecture, folder)
    check_page(architecture)
    classes = trace(architecture).output_shape[0]
    names = tuple(class_names) or tuple(f"class {label}" for label in range(classes))
    is_drawn = is_drawn_to(architecture) and names == TEN_DIGITS
    about = About(architecture.name, names, "a digit" if is_drawn else "")
    return network_page(architecture, weights, about, folder)


def network_page(
    architecture: Architecture, weights: Weights, about: About, folder: Path | None = None
) -> bytes:
    """The page of a network with its weights; raises `NoPageError`."""
    check_page(architecture)
    folder = folder or app_folder()
    traced = trace(architecture)
    written = base64.b64encode(in_browser(answering(architecture), weights)).decode()
    parts = [
        placed(_asked(traced, about), folder),
        "<h2>Model card</h2>",
        terms([*about.card, *_limits(about)]),
        "<h2>The network</h2>",
        f'<p class="lead">{escape(in_short(traced))}</p>',
        *design_parts(traced, folder),
    ]
    page = document(
        about.title,
        _lead(about),
        parts,
        entry="page/network.js",
        folder=folder,
        more=f'<script type="text/plain" id="network">{written}</script>',
    )
    return page.encode()


def answering(architecture: Architecture) -> Architecture:
    """The network as it gives shares of the classes, as `shares_in` makes them of its outputs."""
    if end_activation(architecture) in SHARES:
        return architecture
    return replace(architecture, layers=(*architecture.layers, Activation("softmax")))


def is_drawn_to(architecture: Architecture) -> bool:
    """Whether it takes the pad's image as it is."""
    return architecture.input == (SIDE, SIDE, 1)


def _asked(traced: Trace, about: About) -> Part:
    """The pad, or the place for an image, with the maps and the answer beside it."""
    shown = [asdict(one) for one in few(stages(traced), MOST_STAGES)]
    data: dict[str, Any] = {"stages": shown, "names": list(about.class_names)}
    if about.draws:
        data |= {"what": about.draws, "example": about.draws == "a digit"}
        words = {"a digit": escape(about.draws)}
        return Part("flow", "flow/flow.html", ("flow/flow.css",), data, words)
    data |= {"shape": traced.architecture.input}
    words = {"@@SIZE@@": escape(image_text(traced.architecture.input))}
    styles = ("flow/flow.css", "page/photo.css")
    return Part("photo", "page/photo.html", styles, data, words)


def _lead(about: About) -> str:
    doing = f"Draw {about.draws}" if about.draws else "Bring an image"
    return f"{doing}: the network in this file answers in your browser. Nothing is sent."


def _limits(about: About) -> list[tuple[str, str]]:
    """What no figure of a card says."""
    classes = len(about.class_names)
    return [
        ("Classes", f"{classes:,}: {', '.join(about.class_names)}"),
        (
            "What it cannot do",
            f"It has to choose one of these {classes:,} classes, whatever it is shown: it knows no "
            "“none of them”. How sure it is is no chance of being right on images of another kind "
            "than it learned from.",
        ),
    ]
