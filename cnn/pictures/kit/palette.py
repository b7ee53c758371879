"""The look of pictures: the colours of layers, of numbers and of marks, and the font.

The theme in `.streamlit/config.toml` is the page's; what of it pictures need stands here again.
`ui/components/kit/colours.js` has the colours of numbers for the browser's pixels, and the style
sheets of components have `css_variables`. No other file names a colour: a test looks.
"""

from __future__ import annotations

from cnn.network.layers import KINDS

Colour = tuple[int, int, int]

COLOUR_OF_FAMILY = {
    "convolution": "#6366f1",
    "depthwise": "#a855f7",
    "pooling": "#14b8a6",
    "normalization": "#f59e0b",
    "activation": "#f43f5e",
    "dropout": "#94a3b8",
    "dense": "#0ea5e9",
    "reshape": "#78716c",
    "attention": "#84cc16",
    "merge": "#64748b",
}

BELOW: Colour = (217, 72, 15)
ABOVE: Colour = (98, 101, 240)
"""Orange is below zero, indigo above; nothing is drawn at zero."""

FAINT = 0.7
"""The power of the opacity: below 1, so that small numbers are still seen on a projector."""

DARK_TO_BRIGHT: tuple[Colour, ...] = (
    (12, 10, 40),
    (74, 28, 122),
    (155, 45, 122),
    (229, 92, 92),
    (252, 176, 110),
    (252, 246, 206),
)
"""Of numbers from the smallest to the largest, evenly apart."""

LIT: Colour = (34, 160, 184)
"""What a cell is lit with, and what it sees: 3:1 on white, on black and on the dark end."""

RIGHT = "#12946f"
"""What is right, or stayed as it was."""

NEUTRAL = "#94a3b8"
"""The input, which is no layer; lines that only guide the eye."""

SCREEN = "#0a0c12"
"""What one draws on, in white."""

SERIES = {
    False: (
        "#4f46e5", "#d9480f", "#0b7a75", "#b5179e", "#8a6100", "#12355b", "#3b7a1e", "#5f6b7a",
    ),
    True: (
        "#818cf8", "#fb923c", "#2dd4bf", "#f472d0", "#eab308", "#7dd3fc", "#86d35d", "#9aa5b8",
    ),
}  # fmt: skip
"""By whether it is dark, eight colours no two of which only red-green sight tells apart."""

MORE = {False: ("#b4122f", "#11151c"), True: ("#fda4af", "#f1f5f9")}
"""Ten digits need two colours more than networks have."""

SURE = {False: ("#4f46e5", "#d9480f"), True: ("#6265f0", "#b93c0b")}
"""Right and wrong behind white numbers."""

WRONG = {False: SURE[True][1], True: SERIES[True][1]}
"""Words that say that something is wrong, on the page."""

TEXT = {False: "#0f121a", True: "#e4e7ee"}
INK = {False: "#414857", True: "#cbd2de"}
FAINT_INK = {False: "#5f6b7a", True: "#9aa5b8"}
LINE = {False: "#dfe2ea", True: "#2b313d"}
PAPER = {False: "#ffffff", True: "#0f1218"}
EMPTY = {False: "#f4f5f8", True: "#191d26"}
"""Words, those of figures, quieter ones, lines, the page and what is empty on it."""

FONT = (
    "'Source Sans','Source Sans 3','Helvetica Neue',Arial,'Liberation Sans',"
    "'DejaVu Sans Condensed',sans-serif"
)
"""The page's, under the name that Streamlit gives it, and what a saved picture finds elsewhere."""

PAGE_FONT = f"var(--st-font,{FONT})"


def colour_of(kind: str) -> str:
    """The colour of a kind of layer."""
    return COLOUR_OF_FAMILY[KINDS[kind].family]


def faint(own: str, opacity: float) -> str:
    """A colour that lets through what lies behind it."""
    red, green, blue = (int(own[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def css_variables() -> str:
    """The colours of numbers and of marks, as style sheets take them."""
    stops = ",".join(map(hex_of, DARK_TO_BRIGHT))
    named = {
        "above": hex_of(ABOVE),
        "below": hex_of(BELOW),
        "lit": hex_of(LIT),
        "right": RIGHT,
        "neutral": NEUTRAL,
        "screen": SCREEN,
        "darkest": hex_of(DARK_TO_BRIGHT[0]),
        "dark-to-bright": f"linear-gradient(90deg,{stops})",
    }
    return "".join(f"--{name}:{value};" for name, value in named.items())


def hex_of(colour: Colour) -> str:
    """A colour as a style sheet has it."""
    return "#" + "".join(f"{part:02x}" for part in colour)
