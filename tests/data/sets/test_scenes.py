"""Scenes: what is drawn is known exactly, and one factor changes nothing but itself."""

import colorsys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn.data import DataError, DatasetName, DatasetSpec, load
from cnn.data.sets.scene_options import (
    SWAPPED_TEXTURE,
    UNSEEN_CLUTTER,
    Cue,
    SceneOptions,
    Thing,
)
from cnn.data.sets.scenes import draw
from cnn.data.sets.things import depth_in
from cnn.data.sets.tones import rgb_of

FEW = SceneOptions(samples=60, test_samples=20)
BARE = replace(FEW, texture=Cue.NONE, test_texture=Cue.NONE, clutter=0, light=0.0, noise=0.0)
"""One colour before another, and nothing else."""


def first(options: SceneOptions, seed: int = 0):
    return draw(options, 32, 32, seed)[0]


def inner(masks):
    """The pixels of masks whose eight neighbours are of it too."""
    around = [(row, column) for row in (-1, 0, 1) for column in (-1, 0, 1)]
    return np.all([np.roll(masks, by, (-2, -1)) for by in around], axis=0)


def test_each_class_is_there_equally_often_in_both_parts():
    learn, test = draw(FEW, 32, 48, 0)

    assert learn.split.pixels.shape == (60, 32, 48, 3)
    assert np.bincount(learn.split.labels).tolist() == [6] * 10
    assert np.bincount(test.split.labels).tolist() == [2] * 10


def test_a_seed_draws_the_same_again_and_another_seed_others():
    np.testing.assert_array_equal(first(FEW).split.pixels, first(FEW).split.pixels)
    assert (first(FEW).split.pixels != first(FEW, 1).split.pixels).mean() > 0.9
    learn, test = draw(replace(FEW, test_samples=60), 32, 32, 0)
    assert (learn.masks != test.masks).any(axis=(1, 2)).all()


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"noise": 0.2}, ("masks", "labels")),
        ({"light": 0.9}, ("masks", "labels")),
        ({"clutter": 9}, ("masks", "labels", "shape")),
        ({"colour": Cue.OWN}, ("masks", "labels")),
        ({"texture": Cue.OWN}, ("masks", "labels")),
        ({"rotation": 90.0}, ("labels", "size")),
        ({"position": 0.0}, ("labels", "size")),
        ({"scale": (0.3, 0.4)}, ("labels",)),
    ],
    ids=lambda one: str(next(iter(one))),
)
def test_a_factor_that_changes_leaves_the_others_as_they_are(changed, same):
    plain = replace(FEW, light=0.0, noise=0.0)
    one, other = first(plain), first(replace(plain, **changed))

    assert (one.split.pixels != other.split.pixels).any()
    np.testing.assert_array_equal(one.split.labels, other.split.labels)
    if "masks" in same:
        np.testing.assert_array_equal(one.masks, other.masks)
    if "shape" in same:  # clutter lies behind the shape: inside its edge nothing is another
        within = inner(one.masks)  # but for a notch between two pixels
        assert (one.split.pixels[within] == other.split.pixels[within]).mean() > 0.999
    if "size" in same:
        areas = one.masks.sum(axis=(1, 2)), other.masks.sum(axis=(1, 2))
        np.testing.assert_allclose(areas[0], areas[1], rtol=0.25, atol=10)


def test_a_mask_has_the_pixels_of_the_shapes_colour():
    scenes = first(BARE)
    for image, mask in zip(scenes.split.pixels, scenes.masks, strict=True):
        inside, ground = image[mask], image[~mask]
        own = np.median(inside, axis=0)
        behind = np.median(ground, axis=0)
        # On the edge the two are mixed: there the side counts that a pixel's middle is on.
        nearer = np.abs(image - own).sum(-1) <= np.abs(image - behind).sum(-1)
        assert (nearer == mask).mean() > 0.995


def test_boxes_and_centres_are_those_of_the_masks_pixels():
    scenes = draw(FEW, 40, 28, 3)[0]
    for mask, box, centre in zip(scenes.masks, scenes.boxes, scenes.centres, strict=True):
        pixels = [(row, column) for row in range(40) for column in range(28) if mask[row, column]]
        rows, columns = zip(*pixels, strict=True)
        assert box.tolist() == [min(rows), min(columns), max(rows) + 1, max(columns) + 1]
        np.testing.assert_allclose(centre, [np.mean(rows) + 0.5, np.mean(columns) + 0.5])


@settings(deadline=None)
@given(
    kinds=st.lists(st.sampled_from(list(Thing)), min_size=2, unique=True).map(tuple),
    scale=st.tuples(st.integers(25, 60), st.integers(60, 90)).map(
        lambda two: (two[0] / 100, two[1] / 100)
    ),
    rotation=st.floats(0, 180),
    size=st.tuples(st.integers(24, 96), st.integers(24, 96)),
    seed=st.integers(0, 2**32 - 1),
)
def test_no_shape_is_cut_off_or_lost(kinds, scale, rotation, size, seed):
    options = SceneOptions(
        kinds=kinds, samples=60, test_samples=10, rotation=rotation, scale=scale, clutter=0
    )
    scenes = draw(options, size[0], size[1], seed)[0]

    assert scenes.masks.any(axis=(1, 2)).all()
    border = np.ones(size, bool)
    border[1:-1, 1:-1] = False
    assert not scenes.masks[:, border].any()


@pytest.mark.parametrize("thing", list(Thing))
def test_a_thing_reaches_one_from_its_middle_and_no_farther(thing):
    x, y = np.meshgrid(np.linspace(-1.2, 1.2, 241), np.linspace(-1.2, 1.2, 241))
    inside = depth_in(thing, x, y) >= 0

    assert np.hypot(x, y)[inside].max() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("thing", list(Thing))
def test_no_seam_runs_through_a_thing(thing):
    """Where all around lies in it, a place lies deeper than on an edge."""
    x, y = np.meshgrid(np.linspace(-1.2, 1.2, 241), np.linspace(-1.2, 1.2, 241))
    depth = depth_in(thing, x, y)

    assert (depth[inner(inner(depth >= 0))] > 0.005).all()


def test_things_differ_from_each_other_by_more_than_a_tenth():
    x, y = np.meshgrid(np.linspace(-1, 1, 101), np.linspace(-1, 1, 101))
    masks = [depth_in(thing, x, y) >= 0 for thing in Thing]
    for place, one in enumerate(masks):
        for other in masks[place + 1 :]:
            assert (one & other).sum() / (one | other).sum() < 0.9


@pytest.mark.parametrize(("cue", "ahead"), [(Cue.OWN, 0), (Cue.SWAPPED, 1)])
def test_a_colour_of_ones_own_tells_the_class_and_swapped_the_next(cue, ahead):
    scenes = first(replace(BARE, colour=cue))
    for image, mask, label in zip(
        scenes.split.pixels, scenes.masks, scenes.split.labels, strict=True
    ):
        hue = colorsys.rgb_to_hsv(*np.median(image[mask], axis=0) / 255)[0]
        away = (hue - ((label + ahead) % 10) / 10 + 0.5) % 1 - 0.5
        assert abs(away) < 0.03


def test_textures_swapped_in_the_test_are_those_of_the_next_class():
    """The texture of the last class, the drop, is plain: its shapes have one colour alone."""
    bright = replace(SWAPPED_TEXTURE, light=0.0, noise=0.0, scale=(0.9, 0.9))
    options = replace(bright, samples=200, test_samples=200)
    for scenes, plain in zip(draw(options, 32, 32, 0), (Thing.DROP, Thing.ARROW), strict=True):
        one_coloured = set()
        for image, mask, label in zip(
            scenes.split.pixels, scenes.masks, scenes.split.labels, strict=True
        ):
            within = inner(mask)
            if within.sum() > 12 and len(np.unique(image[within], axis=0)) == 1:
                one_coloured.add(list(Thing)[label])
        assert plain in one_coloured
        assert (Thing.ARROW if plain is Thing.DROP else Thing.DROP) not in one_coloured


def test_clutter_that_was_not_seen_is_in_the_test_alone():
    learn, test = draw(
        replace(UNSEEN_CLUTTER, samples=60, test_samples=60, texture=Cue.NONE, light=0, noise=0),
        32,
        32,
        0,
    )

    def grounds(scenes) -> float:
        """How many colours lie behind a shape, on an edge or not."""
        return float(
            np.mean(
                [
                    len(np.unique(image[~mask], axis=0))
                    for image, mask in zip(scenes.split.pixels, scenes.masks, strict=True)
                ]
            )
        )

    assert 2 * grounds(learn) < grounds(test)


@given(st.tuples(*[st.floats(0, 1)] * 3))
def test_colours_are_those_of_python_itself(hsv):
    made = rgb_of(*(np.array([value]) for value in hsv))[0]

    np.testing.assert_allclose(made, colorsys.hsv_to_rgb(*hsv), atol=1e-9)


@pytest.mark.parametrize("size", [(23, 32), (32, 97), (16, 16)])
def test_other_sizes_are_refused_with_the_range(size):
    with pytest.raises(DataError, match=rf"24 to 96 pixels .* not {size[0]}x{size[1]}"):
        draw(FEW, size[0], size[1], 0)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kinds": ("circle", "hexagon")}, "kinds are some of circle, .*, drop, not"),
        ({"kinds": ("circle",)}, "two or more different ones"),
        ({"texture": "wool"}, "texture is one of any, none, own, swapped, not 'wool'"),
        ({"samples": 59}, "samples is a whole number from 60 to 20,000, not 59"),
        ({"clutter": 13}, "clutter is a whole number from 0 to 12, not 13"),
        ({"scale": (0.8, 0.4)}, "scale is a smallest and a largest size, not 0.8 to 0.4"),
        ({"light": 1}, "light is a number from 0 to 0.9, not 1"),
    ],
)
def test_settings_that_make_no_scene_are_refused_with_what_would(changed, message):
    with pytest.raises(DataError, match=message):
        replace(SceneOptions(), **changed)


def test_loaded_they_have_the_size_and_the_channels_of_the_network():
    spec = DatasetSpec(DatasetName.SCENES, scenes=FEW)
    assert [load(spec, shape).image_shape for shape in ((32, 32, 3), (48, 32, 1))] == [
        (32, 32, 3),
        (48, 32, 1),
    ]
    data = load(spec)
    assert data.class_names == tuple(thing.value for thing in Thing)
    assert [len(split) for split in data.splits.values()] == [50, 10, 20]
