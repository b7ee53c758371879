"""Is the difference of two networks real? Tests, who agrees with whom, and the disputed images."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st

from cnn.comparing import significance, verdict_words
from cnn.comparing import verdict as judging
from cnn.comparing.answers import (
    Answers,
    AnswersError,
    answers,
    same_test,
    shared_seeds,
    why_not_comparable,
)
from cnn.comparing.comparison import Group
from cnn.comparing.standings import Row
from cnn.comparing.verdict import Asked, Claims
from cnn.data import DataError, DatasetSpec, Split, title
from cnn.data.in_child_process import for_tests
from cnn.data.look import Tested
from cnn.pictures.comparison.agreement import agreement_figure, disputed_images
from cnn.pictures.comparison.intervals import intervals
from cnn.training.recipe.run import Run
from ui.components.plot import plot
from ui.parts.runs import measured, runs
from ui.session import theme
from ui.session.kept import kept
from ui.session.words import plain

MOST_IMAGES = 24


def verdict(rows: Sequence[Row], judged: Claims) -> None:
    """Chooses two networks and says what can be said of them; nothing below two with a result."""
    found = {row.id: row.group for row in rows if row.test_accuracy}
    if len(found) < 2:
        return
    st.header("Is the difference real?", anchor=False)
    first, second = _two(rows, found)
    if first is second:
        st.info("Choose two different networks.", icon=":material/compare_arrows:")
        return
    judgement = judged.of(first.entrant.id, second.entrant.id)
    assert judgement
    for sentence in judgement.sentences:
        st.html(f"<p style='max-width:75ch;margin:0'>{escape(sentence)}</p>")
    if known := judgement.seeds or judgement.images:
        sure = verdict_words.confidence(known.level)
        plot(
            intervals(judgement, dark=theme.is_dark()),
            label=f"The difference with its {sure} interval, beside the line at no difference",
            height=130,
            key="compare_intervals",
        )
    seed = _seed(shared_seeds(first, second))
    if seed is None:
        return
    left, right = st.container(key="halves_answers").columns([2, 3], gap="large")
    with left:
        _agreement(list(found.values()), seed)
    with right:
        _disputed(first, second, seed)


def read(run: Run) -> Answers:
    """The answers of a run, kept; raises `AnswersError`."""
    return _answers(runs.store().url, run.id, run.finished_at)


# By the end of the run: one that is taken up again has others.
@kept(most=120)
def _answers(_url: str, run_id: str, finished_at: float | None) -> Answers:
    run = runs.store().get(run_id)
    if run is None:
        raise AnswersError(f"run {run_id} was deleted meanwhile.")
    return answers(runs.store(), run)


def judged(found: Sequence[Group], others: Sequence[Group], asked: Asked | None = None) -> Claims:
    """What a table of these networks may claim, of all or of certain pairs, worked out once for the
    same runs. `others` were trained beside them, and are not shown.
    """
    of_what = tuple(
        (
            group.entrant.id,
            group.entrant.name,
            tuple((run.id, run.finished_at) for run in group.runs if run and not run.is_live),
            len(group.live),
        )
        for group in (*found, *others)
    )
    return _judged(runs.store().url, of_what, asked, found, others)


@kept(most=20)
def _judged(
    _url: str,
    of_what: object,
    asked: Asked | None,
    _found: Sequence[Group],
    _others: Sequence[Group],
) -> Claims:
    return judging.claims(_found, read, asked, _others)


def _two(rows: Sequence[Row], found: dict[str, Group]) -> tuple[Group, Group]:
    """The two networks as chosen; at first the two with the best test accuracy."""
    ranked = sorted(
        (row for row in rows if row.test_accuracy),
        key=lambda row: -(row.test_accuracy.mean if row.test_accuracy else 0),
    )
    chosen = []
    with st.container(horizontal=True):
        for place, label in enumerate(("First", "Second")):
            key = f"compare_{label.lower()}"
            usual = f"{key}_usual"
            # Who is best may change while others are still trained; a choice by hand stays.
            held = st.session_state.get(key)
            if held not in found or held == st.session_state.get(usual):
                st.session_state[key] = st.session_state[usual] = ranked[place].id
            chosen.append(
                st.selectbox(
                    label,
                    list(found),
                    key=key,
                    format_func=lambda id: found[id].entrant.name,
                    persist_state="session",
                    width=240,
                )
            )
    return found[chosen[0]], found[chosen[1]]


def _seed(shared: Sequence[int]) -> int | None:
    """The seed whose runs are set against each other, image by image."""
    if len(shared) < 2:
        return next(iter(shared), None)
    if st.session_state.get("compare_seed") not in shared:
        st.session_state["compare_seed"] = shared[0]
    chosen = st.segmented_control(
        "The runs with seed", shared, key="compare_seed", required=True, persist_state="session"
    )
    return shared[0] if chosen is None else int(chosen)


def _agreement(found: Sequence[Group], seed: int) -> None:
    """How often the runs of a seed give the same answer, right or wrong."""
    names = {
        run.id: group.entrant.name
        for group in found
        if (run := group.of_seed(seed)) and run in group.finished
    }
    with_seed = [run for group in found for run in group.finished if run.id in names]
    same = same_test(with_seed, read)
    if len(same) < 2:
        return
    shares = significance.agreement([own.given for _, own in same])
    st.markdown("**Same answer, right or wrong**")
    plot(
        agreement_figure([names[run.id] for run, _ in same], shares, dark=theme.is_dark()),
        label="Share of test images to which two networks give the same answer",
        height=70 + 56 * len(same),
        key="compare_agreement",
    )
    left_out = len(with_seed) - len(same)
    if left_out:
        st.caption(f"{left_out} left out: no answers to the very same images can be had.")


def _disputed(first: Group, second: Group, seed: int) -> None:
    """The images that one of two gets right and the other wrong."""
    one, other = first.of_seed(seed), second.of_seed(seed)
    assert one is not None
    assert other is not None
    try:
        ours, theirs = read(one), read(other)
    except AnswersError:
        return  # said above
    if why_not_comparable(one, other, ours, theirs):
        return
    spec = one.configuration.dataset
    if measured.must_be_fetched(spec):
        st.caption(plain(f"The images that they answer differently are of {title(spec)}."))
        st.button("Fetch them", icon=":material/download:", on_click=_fetch)
        return
    with st.spinner("Loading the images ..."):
        found = _test_images(spec, one.architecture.input)
    if isinstance(found, str):
        st.caption(plain(f"The images cannot be shown: {found}"))
        return
    if found.fingerprint != one.data_fingerprint:
        st.caption("The images cannot be shown: the data are not those of the runs any more.")
        return
    for right, wrong, of_right, of_wrong in (
        (first, second, ours, theirs),
        (second, first, theirs, ours),
    ):
        _strip(right, wrong, of_right, of_wrong, found.test, found.class_names)


def _strip(
    right: Group, wrong: Group, ours: Answers, theirs: Answers, test: Split, names: Sequence[str]
) -> None:
    """The images that only one gets right, those first of which the other was surest."""
    places = significance.disagreements(ours.labels, ours.given, theirs.given)
    title = f"{right.entrant.name} right, {wrong.entrant.name} wrong"
    many = f"{len(places):,} of {len(ours.labels):,} test images"
    st.html(f"<b>{escape(title)}</b>: {many}")
    if not len(places):
        return
    surest = places[np.argsort(-theirs.sureness[places], kind="stable")][:MOST_IMAGES]
    captions = [(names[ours.labels[place]], names[theirs.given[place]]) for place in surest]
    st.html(disputed_images(test.pixels[surest], captions))
    if len(places) > MOST_IMAGES:
        st.caption(plain(f"The {MOST_IMAGES} in which {wrong.entrant.name} was surest."))


def _fetch() -> None:
    measured.look_again()
    _test_images.clear()


# Reasons are kept as well, so that a missing file is not looked for at every poll.
@kept(most=3)
def _test_images(spec: DatasetSpec, shape: tuple[int, int, int]) -> Tested | str:
    """The test images with their class names and the fingerprint of all data, or why not."""
    try:
        return for_tests(spec, shape)
    except DataError as error:
        return str(error)
