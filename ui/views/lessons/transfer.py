"""Lesson 15: the border of what stays of a trained body, what that is worth, and what it finds."""

from __future__ import annotations

import re

import streamlit as st

from cnn.insight.passes.operations import Array
from cnn.lessons import transfer
from cnn.lessons.lesson import Lesson
from cnn.lessons.transfer import EPOCHS, FEW_EPOCHS, Case, Own
from cnn.lessons.transfer.measured import SEEDS, Right, measured
from cnn.network.keras.model import Weights
from cnn.network.trace import trace
from cnn.pictures.data.samples import samples
from cnn.pictures.inside.snapshots import kernels_beside_maps
from cnn.pictures.kit.gallery import Tile, gallery
from cnn.pictures.network.taken import taken_diagram
from cnn.pictures.training.border import border_figure
from ui.components.picture import picked, picture
from ui.components.plot import plot
from ui.parts.lesson import controls
from ui.parts.lesson.explained import explained
from ui.parts.lesson.ways_on import ways_on
from ui.session import theme
from ui.session.words import percent

KEY = "lesson_transfer"
NETWORK = f"{KEY}_network"
LAST_IMAGE = 39
LAYER = re.compile(r"layers\[(\d{1,3})\]")


def show(lesson: Lesson) -> None:
    """The border and what it leaves; what was measured of it; when it pays; the first layer."""
    _take_clicked()
    st.markdown(explained(lesson, "lead", train=f"{transfer.parent().card.images['train']:,}"))
    words = {one.value: lesson.text(f"own_{one}") for one in Own}
    own = Own(controls.choice("own", lesson.text("own_label"), tuple(words), words=words))
    freeze = int(
        controls.steps(
            "border", lesson.text("border_label"), transfer.borders(), first=transfer.borders()[-1]
        )
    )
    begun, architecture = transfer.begun(own, freeze), transfer.network(own)
    drawn = taken_diagram(trace(architecture), begun.matches, freeze, is_shut=True)
    picture(drawn, key=NETWORK, largest=1.0)
    st.caption(lesson.text("border_note"))
    _kept(lesson, own, freeze)
    left, right = st.container(key="halves").columns([4, 5], gap="large")
    with left:
        _images(lesson, own)
    with right:
        _measured(lesson, own, freeze)
    st.header(lesson.text("pays_title"), anchor=False)
    _pays(lesson)
    st.header(lesson.text("first_title"), anchor=False)
    _first_layer(lesson, own)
    start = transfer.begun(own, freeze, transfer.head_first(freeze)).start
    ways_on(architecture, transfer.conditions(own, SEEDS[0], start))


def _take_clicked() -> None:
    """Moves the border to behind the layer that was just clicked."""
    if found := LAYER.match(picked(NETWORK) or ""):
        *_, most = borders = transfer.borders()
        controls.put(border=next((one for one in borders if one > int(found[1])), most))


def _kept(lesson: Lesson, own: Own, freeze: int) -> None:
    """What is taken, frozen and new, and what an image costs."""
    now, free = transfer.kept(own, freeze), transfer.kept(own, 0)
    st.markdown(
        explained(
            lesson,
            "kept",
            taken=f"{now.taken:,}",
            all=f"{now.taken + now.new:,}",
            frozen=f"{now.frozen:,}",
            new=f"{now.new:,}",
            trained=f"{now.trained:,}",
            macs=f"{now.macs:,}",
            free=f"{free.macs:,}",
        )
    )


def _images(lesson: Lesson, own: Own) -> None:
    """Some of the images that the body is to learn."""
    data = transfer.data(own)
    picture(samples(data.train, data.class_names), key=f"{KEY}_images", largest=1.1)
    st.markdown(explained(lesson, f"images_{own}", train=len(data.train)))


def _measured(lesson: Lesson, own: Own, freeze: int) -> None:
    """How many test images were right with this border, and with new weights."""
    kept = measured()
    found, new = kept[Case(own, freeze)], kept[Case(own, None)]
    st.markdown(
        explained(
            lesson,
            "measured",
            images=f"{found.images:,}",
            mean=percent(found.mean),
            range=_range(lesson, found),
            new=percent(new.mean),
            new_range=_range(lesson, new),
        )
    )
    names = tuple(lesson.text(f"figure_{one}") for one in ("below", "body", "new"))
    every = [(border, kept[Case(own, border)]) for border in transfer.borders()]
    figure = border_figure(every, new, freeze, (names[0], names[1], names[2]), dark=theme.is_dark())
    plot(figure, label=", ".join(names), height=300, key=f"{KEY}_measured")
    st.caption(
        lesson.text(
            "measured_note",
            epochs=EPOCHS,
            seeds=len(SEEDS),
            head=transfer.head_first(0),
            body=transfer.borders()[-1],
        )
    )


def _range(lesson: Lesson, found: Right) -> str:
    low, high = min(found.shares), max(found.shares)
    if low == high:
        return lesson.text("range_same")
    return lesson.text("range", low=percent(low), high=percent(high))


def _pays(lesson: Lesson) -> None:
    """New weights, a frozen body and a fine-tuned one: of both images, and after fewer epochs."""
    columns = {
        "scenes": (Own.SCENES, EPOCHS),
        "digits": (Own.DIGITS, EPOCHS),
        "few": (Own.DIGITS, FEW_EPOCHS),
    }
    kept, values = measured(), {"epochs": f"{EPOCHS}", "few_epochs": f"{FEW_EPOCHS}"}
    lines = [explained(lesson, "pays_head", **values), "|---|---|---|---|"]
    for name, freeze in (("new", None), ("frozen", transfer.borders()[-1]), ("tuned", 0)):
        row = {
            f"{column}_{name}": percent(kept[Case(own, freeze, epochs)].mean)
            for column, (own, epochs) in columns.items()
        }
        shares = " | ".join(f"**{one}**" for one in row.values())
        lines.append(f"| {lesson.text(f'pays_{name}')} | {shares} |")
        values |= row
    st.markdown("\n".join(lines))
    st.markdown(explained(lesson, "pays_note", **values))


@st.cache_resource(show_spinner=False, max_entries=64)
def _maps(content: bytes, is_new: bool, _image: Array) -> Array:
    return transfer.maps(_weights(is_new), _image)


def _weights(is_new: bool) -> Weights:
    return transfer.new_weights() if is_new else transfer.parent().weights


def _first_layer(lesson: Lesson, own: Own) -> None:
    """The kernels of the first layer and what they find in an image, trained and new."""
    st.markdown(explained(lesson, "first_lead"))
    data = transfer.data(own)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(width=260):
            place = controls.slider("image", lesson.text("image_label"), 0, LAST_IMAGE, first=3)
        one = data.test.take([place])
        about = lesson.text("image_is", name=data.class_names[int(one.labels[0])])
        st.html(gallery([Tile(one.pixels[0], about)], size_px=72))
    first, image = transfer.first_layer()[0], one.images[0]
    for name, column in zip(("trained", "new"), st.columns(2, gap="large"), strict=True):
        weights = _weights(is_new=name == "new")
        with column:
            st.markdown(f"**{lesson.text(f'first_{name}')}**")
            maps = _maps(image.tobytes(), name == "new", image)
            tiles = kernels_beside_maps(weights[first.name][0], maps)
            said = (lesson.text("pair", place=place) for place in range(len(tiles)))
            st.html(gallery(list(map(Tile, tiles, said)), size_px=100, height_px=48))
    st.caption(explained(lesson, "first_note"))
