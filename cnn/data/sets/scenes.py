"""Scenes drawn by code: one coloured, textured shape before a ground of its own, ten classes.

Each factor (class, place, size, turn, colours, textures, clutter, light, noise) has random numbers
of its own, so that changing the setting of one leaves all others as they are. What is where is
known exactly: `draw` returns masks, boxes and centres too. The settings are in `scene_options`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cnn.data.dataset import Labels, Pixels, Source, Split
from cnn.data.errors import DataError
from cnn.data.fitting import ImageShape
from cnn.data.sets.entry import Entry
from cnn.data.sets.scene_options import Cue, SceneOptions, Thing
from cnn.data.sets.textures import LATTICE, Texture, mixed
from cnn.data.sets.things import depth_in
from cnn.data.sets.tones import rgb_of, two_tones

SMALLEST, LARGEST = 24, 96
MARGIN = 1.0  # px left free along every border, so that no shape is cut off
TOGETHER = 128
"""So many are drawn at a time: what is worked out of them are some megabytes."""
if TYPE_CHECKING:
    from cnn.data.spec import DatasetSpec

Points = npt.NDArray[np.float64]
Values = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Scenes:
    """Scenes with what is exactly known of each: which pixels the shape covers.

    A box is (first row, first column, row behind the last, column behind the last), a centre the
    mean (row, column) of the mask's pixels, each measured at its middle.
    """

    split: Split
    masks: Mask
    boxes: npt.NDArray[np.int64]
    centres: Values


def draw(options: SceneOptions, height: int, width: int, seed: int) -> tuple[Scenes, Scenes]:
    """Return the scenes to learn from and those of the test, which come of another seed.

    Classes are equally frequent, to within one where the number does not divide.
    """
    if not (SMALLEST <= height <= LARGEST and SMALLEST <= width <= LARGEST):
        raise DataError(
            f"Scenes are drawn {SMALLEST} to {LARGEST} pixels high and wide, not {height}x{width}. "
            f"Give the network an input in that range, or choose images that can be resized."
        )
    size = (height, width)
    learn = _Part(options, options.samples, options.texture, options.clutter)
    test = _Part(options, options.test_samples, options.test_texture, options.test_clutter)
    return learn.drawn(size, (seed, 0)), test.drawn(size, (seed, 1))


@dataclass(frozen=True, slots=True)
class _Part:
    """What the scenes of one part have in common."""

    options: SceneOptions
    count: int
    texture: Cue
    clutter: int

    def drawn(self, size: tuple[int, int], seed: tuple[int, int]) -> Scenes:
        rngs = (np.random.default_rng((*seed, factor)) for factor in range(20))
        kinds = self.options.kinds
        labels: Labels = next(rngs).permutation(np.arange(self.count) % len(kinds))
        things = np.array([list(Thing).index(kind) for kind in kinds])[labels]
        pixels: Pixels = np.empty((self.count, *size, 3), np.uint8)
        masks = np.empty((self.count, *size), bool)
        look = _Look(self, things, labels, size, rngs)
        for at in _slices(self.count):
            pixels[at], masks[at] = look.painted(at)
        return Scenes(Split(pixels, labels), masks, _boxes(masks), _centres(masks))


class _Look:
    """All that is random about the scenes of a part, drawn at once, factor by factor."""

    def __init__(
        self,
        part: _Part,
        things: Labels,
        labels: Labels,
        size: tuple[int, int],
        rngs: Iterator[np.random.Generator],
    ) -> None:
        options, count = part.options, part.count
        height, width = size
        self.size, self.things, self.options = size, things, options
        shorter = min(size)
        self.radius = next(rngs).uniform(*options.scale, count) * shorter / 2
        moved = options.position * next(rngs).uniform(-0.5, 0.5, (count, 2))
        room = np.array([width, height]) - 2 * (self.radius[:, None] + MARGIN)
        self.centre = np.array([width, height]) / 2 + np.maximum(room, 0) * moved
        self.turn = np.radians(next(rngs).uniform(-1, 1, count) * options.rotation)

        self.colours = two_tones(options.colour, labels, len(options.kinds), count, next(rngs))
        own = _with_cue(part.texture, labels, len(options.kinds), len(Texture), next(rngs))
        ground = _with_cue(Cue.ANY, labels, len(options.kinds), len(Texture), next(rngs))
        is_plain = Cue.NONE in (options.texture, part.texture)
        plain = np.full(count, list(Texture).index(Texture.PLAIN))
        self.textures = (plain, plain) if is_plain else (ground, own)
        periods = next(rngs).uniform(0.14, 0.28, (2, count)) * shorter
        angles = next(rngs).uniform(0, 2 * np.pi, (2, count))
        self.directions = np.stack([np.cos(angles), np.sin(angles)], axis=1) / periods[:, None]
        self.phases = next(rngs).uniform(0, LATTICE, (2, 2, count))
        self.lattices = next(rngs)
        self.clutter = _clutter(part.clutter, count, size, next(rngs))
        self.light = next(rngs).uniform(0, 2 * np.pi, count)
        self.noise = next(rngs)

    def painted(self, at: slice) -> tuple[Pixels, Mask]:
        """The pixels and the masks of some of the scenes; in rising order, as noise is drawn."""
        height, width = self.size
        x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
        scenes = np.arange(at.start, at.stop)
        lattices = self.lattices.uniform(0, 1, (2, len(scenes), LATTICE, LATTICE))
        each = scenes[:, None, None]
        image = self._textured(0, each, x, y, lattices[0])
        for starts, ends, thick, colours in self.clutter:
            depth = _depth_in_bars(x, y, starts[at], ends[at], thick[at])
            touched = depth > -0.5
            image[touched] = _over(
                image[touched], colours[scenes[touched.nonzero()[0]]], depth[touched]
            )

        across, down = x - self.centre[each, 0], y - self.centre[each, 1]
        near = np.nonzero(across**2 + down**2 <= (self.radius[each] + 1) ** 2)
        of = scenes[near[0]]
        depth = self._depth(of, across[near], down[near])
        own = self._textured(1, of, x[near[1:]], y[near[1:]], lattices[1])
        image[near] = _over(image[near], own, depth)
        masks = np.zeros(image.shape[:3], bool)
        masks[near] = depth >= 0

        right, below = np.cos(self.light[each]), np.sin(self.light[each])
        toward = (x / width - 0.5) * right + (y / height - 0.5) * below
        image *= (1 - self.options.light * np.clip(0.5 + toward / np.sqrt(2), 0, 1))[..., None]
        if self.options.noise:
            image += self.noise.normal(0, self.options.noise, image.shape)
        return np.rint(255 * image.clip(0, 1)).astype(np.uint8), masks

    def _textured(self, layer: int, of: Labels, x: Values, y: Values, lattices: Values) -> Values:
        """Places of some scenes, in the two colours of a layer: 0 the ground, 1 the shape."""
        cosine, sine = self.directions[layer][0][of], self.directions[layer][1][of]
        across, down = self.phases[layer][0][of], self.phases[layer][1][of]
        u, v = x * cosine + y * sine + across, y * cosine - x * sine + down
        texture = self.textures[layer][of]
        if layer:  # rings lie around the shape's own middle
            rings = np.flatnonzero(texture == list(Texture).index(Texture.RINGS))
            size = np.hypot(cosine[rings], sine[rings])
            u[rings] = (x[rings] - self.centre[of[rings], 0]) * size
            v[rings] = (y[rings] - self.centre[of[rings], 1]) * size
        share, lattice = np.empty_like(u), of - of.min()
        for index, one in enumerate(Texture):
            where = np.flatnonzero(texture == index)
            if len(where):
                share[where] = mixed(one, u[where], v[where], lattices, lattice[where])
        first, second = self.colours[layer][0][of], self.colours[layer][1][of]
        blended: Values = first + share[..., None] * (second - first)
        return blended

    def _depth(self, of: Labels, across: Values, down: Values) -> Values:
        """How deep places, seen from the middle of their scene's shape, lie in it, in pixels."""
        cosine, sine, radius = np.cos(self.turn[of]), np.sin(self.turn[of]), self.radius[of]
        x = (across * cosine + down * sine) / radius
        y = (down * cosine - across * sine) / radius
        depth = np.empty(len(of))
        for index, thing in enumerate(Thing):
            where = np.flatnonzero(self.things[of] == index)
            depth[where] = depth_in(thing, x[where], y[where])
        scaled: Values = depth * radius
        return scaled


def _slices(count: int) -> Iterator[slice]:
    for start in range(0, count, TOGETHER):
        yield slice(start, min(start + TOGETHER, count))


def _over(below: Values, above: Values, depth: Values) -> Values:
    """One image over another where the depth says so; half of it on the very edge."""
    cover = np.clip(depth + 0.5, 0, 1)[..., None]
    layered: Values = below + cover * (above - below)
    return layered


def _with_cue(
    cue: Cue, labels: Labels, classes: int, choices: int, rng: np.random.Generator
) -> Labels:
    """Which of some choices each scene has: any, that of its class, or that of the next class."""
    any_one = rng.integers(0, choices, len(labels))
    if cue is Cue.OWN:
        return labels % choices
    if cue is Cue.SWAPPED:
        return (labels + 1) % classes % choices
    return any_one


def _clutter(
    pieces: int, count: int, size: tuple[int, int], rng: np.random.Generator
) -> list[tuple[Points, Points, Values, Values]]:
    """Bars behind the shape, each with two ends, half its thickness, and its colour."""
    height, width = size
    shorter = min(size)
    found = []
    for _ in range(pieces):
        start = rng.uniform(0, 1, (count, 2)) * [width, height]
        angle = rng.uniform(0, 2 * np.pi, count)
        length = rng.uniform(0, 0.4, count) * shorter * rng.integers(0, 2, count)  # half are dots
        end = start + length[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
        thick = rng.uniform(0.03, 0.09, count) * shorter
        colour = rgb_of(*(rng.uniform(low, 1, count) for low in (0, 0.2, 0.3)))
        found.append((start, end, thick, colour))
    return found


def _depth_in_bars(x: Values, y: Values, starts: Points, ends: Points, thick: Values) -> Values:
    """How deep each pixel lies in one bar with round ends an image; outside it, no less than -1."""
    (along_x, along_y), (start_x, start_y) = (
        places.T[:, :, None, None] for places in (ends - starts, starts)
    )
    from_x, from_y = x - start_x, y - start_y
    length = np.maximum(along_x**2 + along_y**2, 1e-9)
    nearest = np.clip(from_x * (along_x / length) + from_y * (along_y / length), 0, 1)
    apart = (from_x - nearest * along_x) ** 2 + (from_y - nearest * along_y) ** 2
    each = np.broadcast_to(thick[:, None, None], apart.shape)
    depth: Values = np.full_like(apart, -1.0)
    near = apart <= (each + 1) ** 2
    depth[near] = each[near] - np.sqrt(apart[near])
    return depth


def _boxes(masks: Mask) -> npt.NDArray[np.int64]:
    rows, columns = np.any(masks, axis=2), np.any(masks, axis=1)
    height, width = masks.shape[1:]
    first = [np.argmax(rows, axis=1), np.argmax(columns, axis=1)]
    behind = [height - rows[:, ::-1].argmax(axis=1), width - columns[:, ::-1].argmax(axis=1)]
    return np.stack([*first, *behind], axis=-1)


def _centres(masks: Mask) -> Values:
    area = masks.sum(axis=(1, 2))
    row = (masks.sum(axis=2) @ (np.arange(masks.shape[1]) + 0.5)) / area
    column = (masks.sum(axis=1) @ (np.arange(masks.shape[2]) + 0.5)) / area
    centres: Values = np.stack([row, column], axis=-1)
    return centres


def load(spec: "DatasetSpec", shape: ImageShape) -> Source:
    """Return the scenes of a spec in the size that is wanted, in colour."""
    learn, test = draw(spec.scenes, shape[0], shape[1], spec.seed)
    return Source(learn.split, test.split, kinds(spec), f"drawn by code with seed {spec.seed}")


def kinds(spec: "DatasetSpec") -> tuple[str, ...]:
    """Return what is drawn, class by class."""
    return tuple(kind.value for kind in spec.scenes.kinds)


SET = Entry(
    title="Scenes",
    description="Ten coloured, textured shapes before grounds that are textured too, drawn by code "
    "in any size from 24 to 96 pixels; usually 6,000 to learn from and 1,000 others to test.",
    image_shape=(32, 32, 3),
    load=load,
    class_names=kinds,
    usual_epochs=12,
    is_made_to_fit=True,
)
