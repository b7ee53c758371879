"""Lesson 11: the milestones to click, original beside lite, and shortcuts measured."""

from __future__ import annotations

from statistics import median

import streamlit as st

from cnn.data.sets import DatasetName
from cnn.data.spec import DatasetSpec
from cnn.lessons import residual
from cnn.lessons.history import AFTER, Milestone, milestone, milestones
from cnn.lessons.lesson import Lesson
from cnn.lessons.residual import DEPTHS, Start, kept, median_at
from cnn.network.architecture import Architecture
from cnn.network.link import encode
from cnn.network.shapes import shape_text
from cnn.network.trace import trace
from cnn.network.zoo import CLASSICS, entry
from cnn.pictures.inside.gradient_lines import NARROW, gradient_lines, power
from cnn.pictures.network.diagram import diagram
from cnn.pictures.network.timeline import narrow_timeline, timeline
from cnn.training.recipe.configuration import Configuration
from cnn.training.recipe.presets import FIRST
from ui.components.picture import picked, picture
from ui.parts.lesson import controls
from ui.parts.lesson.explained import explained
from ui.parts.lesson.ways_on import ways_on
from ui.session import design
from ui.session.pages import PAGES
from ui.session.words import pretty

LINE = "lesson_history_line"


def show(lesson: Lesson) -> None:
    """The timeline and the network chosen on it; the residual experiment; what came after."""
    st.markdown(explained(lesson, "lead"))
    keys = tuple(one.key for one in milestones())
    if (key := picked(LINE)) in keys:  # known before the line is drawn, so that it is drawn once
        controls.put(which=key)
    which = controls.held("which", "lenet", keys.__contains__, label=lesson.text("which_label"))
    line = timeline(milestones(), which)
    picture(line, key=LINE, narrow=narrow_timeline(milestones(), which))
    _milestone(lesson, milestone(which))
    st.header(lesson.text("residual_title"), anchor=False)
    _residual(lesson)
    st.header(lesson.text("after_title"), anchor=False)
    _after(lesson)


def _milestone(lesson: Lesson, one: Milestone) -> None:
    """What was new, what it reached, and its picture beside that of the version here."""
    words = [explained(lesson, f"{one.key}_new"), lesson.text(f"{one.key}_error")]
    words += [lesson.text("top5")] * ("top-5" in words[1])
    st.markdown(" ".join(words))
    _drawn(lesson, one.drawn, "original")
    if (note := f"{one.key}_note") in lesson.words:
        st.caption(explained(lesson, note))
    if one.here is None:
        ways_on(one.drawn)
        return
    here = entry(one.here)
    st.markdown(f"**{lesson.text('here', network=here.title)}**")
    _drawn(lesson, here.architecture, "here")
    left, right = st.columns(2, gap="large")
    for column, name, lines in ((left, "kept", here.kept), (right, "cut", here.cut)):
        if lines:
            column.caption(lesson.text(name))
            column.markdown("\n".join(f"- {pretty(text)}" for text in lines))
    beside = [entry(id).architecture for id in CLASSICS if id != one.here]
    ways_on(here.architecture, FIRST, beside=beside)


def _drawn(lesson: Lesson, architecture: Architecture, key: str) -> None:
    traced = trace(architecture)
    picture(diagram(traced), key=f"lesson_history_{key}", largest=1.0)
    values = {
        "network": architecture.name,
        "depth": traced.depth,
        "params": traced.params_text,
        "size": pretty(shape_text(architecture.input)),
    }
    st.markdown(lesson.text("counted", **values))


def _residual(lesson: Lesson) -> None:
    st.markdown(explained(lesson, "residual"))
    left, right = st.container(key="halves").columns([4, 7], gap="large")
    with left:
        depth = int(controls.steps("depth", lesson.text("depth_label"), DEPTHS, first=8))
        starts = {start.value: lesson.text(f"start_{start}") for start in Start}
        start = Start(
            controls.choice("start", lesson.text("start_label"), tuple(starts), words=starts)
        )
        plain, skips = kept(depth, False, start), kept(depth, True, start)
        first = median_at(plain)[0], median_at(skips)[0]
        values = {"plain": power(first[0]), "skips": power(first[1])}
        times = power(first[1] / first[0])
        st.markdown(lesson.text("found", depth=depth, times=times, **values))
        st.markdown(_said(lesson, depth, start))
    with right:
        picture(
            gradient_lines(plain, skips),
            narrow=gradient_lines(plain, skips, NARROW),
            key="lesson_history_gradients",
            largest=1.3,
        )
    st.caption(
        lesson.text(
            "conditions",
            images=residual.IMAGES,
            filters=residual.FILTERS,
            seeds=len(residual.SEEDS),
        )
    )
    plain_and_residual = [residual.network(depth, with_skips) for with_skips in (True, False)]
    ways_on(
        plain_and_residual[0],
        Configuration(DatasetSpec(DatasetName.DIGITS), epochs=20),
        beside=plain_and_residual[1:],
        key="ways_on_residual",
    )


def _said(lesson: Lesson, depth: int, start: Start) -> str:
    """What the measurement shows, for this way to begin."""
    if start is Start.HE:
        losses = [one.loss for one in kept(depth, True, start)]
        return lesson.text("lesson_he", loss=power(median(losses)))
    ends = [median_at(kept(end, False, start))[0] for end in (DEPTHS[0], DEPTHS[-1])]
    return lesson.text("lesson_glorot", fall=power(ends[0] / ends[1]))


def _after(lesson: Lesson) -> None:
    for one in AFTER:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            words = explained(lesson, f"after_{one.key}")
            st.markdown(f"{one.year} **{one.name}**: {words}", width="content")
            if one.here is not None:
                st.page_link(
                    PAGES / "build.py",
                    label=entry(one.here).title,
                    icon=":material/stacks:",
                    query_params={design.ADDRESS: encode(entry(one.here).architecture)},
                )
