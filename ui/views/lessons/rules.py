"""Lesson 12: design rules, each with two networks that differ in it; one click trains both."""

from __future__ import annotations

import streamlit as st

from cnn.comparing.comparison import Entrant, Group, Plan
from cnn.comparing.unshown import beside
from cnn.comparing.verdict import claims
from cnn.lessons import rules
from cnn.lessons.lesson import Lesson
from cnn.lessons.rules import EXPERIMENTS, Experiment, Side
from cnn.network.shapes import shape_text
from cnn.network.trace import trace
from cnn.pictures.network.diagram import diagram
from cnn.training.recipe.configuration import ConfigurationError
from cnn.training.recipe.presets import BRIEF
from cnn.training.recipe.run import Run
from cnn.training.workers.queue import Wanted, put
from ui.components.figures import Figure, figures
from ui.components.picture import picture
from ui.parts.comparison.verdict import read
from ui.parts.lesson import controls, way_back
from ui.parts.lesson.explained import explained
from ui.parts.lesson.ways_on import compare, ways_on
from ui.parts.runs import runs
from ui.parts.setup import expectation
from ui.parts.setup.data import look
from ui.session.pages import PAGES
from ui.session.words import percent, plain, pretty, short

SEEDS = 5
"""With fewer, little can be told of networks (`docs/statistics.md`)."""
IN_CARD = 0.7
"""How small a network may be drawn for all of it to be in its card."""


def show(lesson: Lesson) -> None:
    """A rule to choose, its two networks with their figures, and what training them gave."""
    st.markdown(explained(lesson, "lead"))
    keys = [one.key for one in EXPERIMENTS]
    titles = {key: lesson.text(f"{key}_title") for key in keys}
    chosen = rules.experiment(
        controls.choice("rule", lesson.text("rule_label"), keys, words=titles)
    )
    st.markdown(explained(lesson, f"{chosen.key}_rule"))
    for column, side, standing in zip(
        st.container(key="halves").columns(2, border=True),
        chosen.sides,
        ("kept", "broken"),
        strict=True,
    ):
        with column:
            _side(lesson, side, standing)
    st.markdown(explained(lesson, f"{chosen.key}_look"))
    _measured(lesson, chosen)
    _try(lesson, chosen)
    _recipe(lesson)
    for page in ("atlas", "beyond"):
        st.header(lesson.text(f"{page}_title"), anchor=False)
        st.markdown(explained(lesson, page))
        st.page_link(
            PAGES / f"{page}.py",
            label=lesson.text(f"{page}_link"),
            icon=":material/arrow_forward:",
        )


def _recipe(lesson: Lesson) -> None:
    found = rules.figures(rules.RECIPE)
    st.header(lesson.text("recipe_title"), anchor=False)
    values = {"params": f"{found.params:,}", "map": pretty(shape_text(found.last_map))}
    st.markdown(explained(lesson, "recipe", **values))
    picture(diagram(trace(rules.RECIPE)), key="lesson_rules_recipe", largest=1.0)
    ways_on(rules.RECIPE, BRIEF, key="lesson_rules_recipe_ways")


def _side(lesson: Lesson, side: Side, standing: str) -> None:
    found = rules.figures(side.architecture)
    st.markdown(f"**{lesson.text(standing)}**: {plain(side.architecture.name)}")
    shown = (
        Figure(lesson.text("figure_params"), f"{found.params:,}"),
        Figure(lesson.text("figure_macs"), short(found.macs)),
        Figure(lesson.text("figure_last"), pretty(shape_text(found.last_map))),
        Figure(lesson.text("figure_field"), pretty(shape_text(found.field))),
    )
    figures(shown, key=f"lesson_rules_figures_{standing}")
    picture(
        diagram(trace(side.architecture)),
        key=f"lesson_rules_{standing}",
        largest=0.95,
        smallest=IN_CARD,
    )


def _measured(lesson: Lesson, chosen: Experiment) -> None:
    kept, broken = (rules.done(runs.store(), side) for side in chosen.sides)
    if kept and broken and kept.result and broken.result:
        more = lesson.text("more_seeds", seeds=SEEDS) if chosen.has_two_networks else ""
        st.info(
            lesson.text(
                "measured",
                images=f"{kept.result.test_images:,}",
                kept_name=plain(chosen.kept.architecture.name),
                kept=percent(kept.result.test_accuracy),
                broken_name=plain(chosen.broken.architecture.name),
                broken=percent(broken.result.test_accuracy),
                told=plain(" ".join(_told(chosen, kept, broken))),
                more=more,
            ),
            icon=":material/science:",
        )
    elif (kept and kept.is_live) or (broken and broken.is_live):
        st.caption(lesson.text("under_way"))
    else:
        st.caption(lesson.text("unmeasured"))


def _told(chosen: Experiment, kept: Run, broken: Run) -> tuple[str, ...]:
    """What two trainings say of each other, judged as in every table."""
    sides = (("kept", chosen.kept, kept), ("broken", chosen.broken, broken))
    entrants = [
        Entrant(name, side.architecture, configuration=side.configuration)
        for name, side, _ in sides
    ]
    found = [Group(entrant, (run,)) for entrant, (_, _, run) in zip(entrants, sides, strict=True)]
    plan = Plan(tuple(entrants), chosen.kept.configuration)
    others = beside(runs.store(), plan, found)
    return claims(found, read, others=others).judgements[0].sentences


def _try(lesson: Lesson, chosen: Experiment) -> None:
    configuration = chosen.kept.configuration
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button(
            lesson.text("try_button"), type="primary", icon=":material/play_arrow:", key="try_both"
        ):
            _train_both(lesson, chosen)
        over_seeds = lesson.text("seeds_button", seeds=SEEDS)
        if chosen.has_two_networks and st.button(
            over_seeds, icon=":material/compare_arrows:", key="over_seeds"
        ):
            compare([side.architecture for side in chosen.sides], configuration, SEEDS)
    st.caption(lesson.text("where_trained"))
    _expected(chosen)
    ways_on(chosen.kept.architecture, key="lesson_rules_ways")


def _expected(chosen: Experiment) -> None:
    configuration = chosen.kept.configuration
    found = look(configuration.dataset, rules.IMAGE)
    if found is not None:
        trainings = [(side.architecture, configuration) for side in chosen.sides]
        estimate = expectation.of_each(trainings, found.images)
        expectation.show(estimate, f"Both trainings, {expectation.in_turn()}: ")


def _train_both(lesson: Lesson, chosen: Experiment) -> None:
    """Shows both trainings together; what is not trained yet is put into the queue."""
    store = runs.store()
    found = [rules.done(store, side) for side in chosen.sides]
    wanted = [
        Wanted(side.architecture, side.configuration)
        for run, side in zip(found, chosen.sides, strict=True)
        if run is None
    ]
    try:
        new = iter(put(store, wanted))
    except ConfigurationError as error:
        st.toast(plain(str(error)), icon=":material/error:")
        return
    ids = [(run or next(new)).id for run in found]
    way_back.begin(lesson, ids)
    st.switch_page(PAGES / "train.py", query_params={runs.ADDRESS: ids})
