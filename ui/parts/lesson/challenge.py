"""A challenge on the workbench: the goals that a link carries, each passed or not yet."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnn.data import CATALOGUE, DatasetName
from cnn.data.sets.shape_options import CLASSIC
from cnn.lessons import catalogue
from cnn.lessons.assignments.assignment import Assignment
from cnn.lessons.catalogue import frame_text
from cnn.lessons.challenges import goals, tries
from cnn.lessons.challenges.goals import OF_TRAINING, GoalError, Goals, Judged
from cnn.lessons.challenges.tries import Try
from cnn.lessons.progress import Standing
from cnn.network.architecture import Architecture
from cnn.network.link import encode
from cnn.network.trace import Trace, trace
from cnn.training.recipe.configuration import Configuration, epochs_text
from cnn.training.recipe.run import Run, recipe
from cnn.training.store.store import StoreError
from ui.parts.lesson import address, assigned, progress
from ui.parts.lesson.own_question import own_question
from ui.parts.runs import runs
from ui.session import design
from ui.session.words import plain

ADDRESS = "goals"
KEY, QUESTION = "challenge", "challenge_question"
TRY = "challenge_try"


def arrive() -> None:
    """Takes up the challenge of the address, before a page writes an address of its own."""
    _text()


def goals_shown(traced: Trace, run: Run | None = None) -> None:
    """The goals of the challenge that is on, if one is; `run` is the training on the page."""
    text = _text()
    if not text:
        return
    try:
        wanted = goals.read(text)
    except GoalError as error:
        st.warning(
            frame_text("challenge_unreadable", error=plain(str(error))), icon=":material/flag:"
        )
        _forget()
        return
    is_challenge = assigned.current() is None
    if is_challenge or run is None:  # else it is asked where the run is handed in
        asks = st.session_state.get(QUESTION, "")
        own_question(asks, is_answered_here=is_challenge)
    with _bar():
        below = _standing(wanted, traced, _tries(wanted), progress.standing(), run)
        leave = frame_text("leave")
        below.button(leave, key="leave_challenge", type="tertiary", on_click=_forget)


def goals_at_first(wanted: Goals, traced: Trace, task: Assignment | None = None) -> None:
    """The goals as they are shown to whoever opens the link of the challenge, or assignment."""
    with _bar():
        _standing(wanted, traced, (), Standing(), task=task)


def _bar() -> DeltaGenerator:
    return st.container(gap="small", border=True, key="challenge")


def _line() -> DeltaGenerator:
    return st.container(horizontal=True, vertical_alignment="center", gap="small")


def _standing(
    wanted: Goals,
    traced: Trace,
    some: Sequence[Try],
    answers: Standing,
    run: Run | None = None,
    task: Assignment | None = None,
) -> DeltaGenerator:
    """What came of it, and in a line below, which is returned, of each goal: of the training on
    the page or of the first try.
    """
    of_network = tries.of_network(some, traced)
    judged = goals.judged(wanted, traced, run or (of_network.run if of_network else None))
    title = next((one.title for one in catalogue.challenges() if one.goals == wanted), "")
    task = task or assigned.current()
    title = plain(task.title) if task else title
    is_tried = wanted.need_training and not task  # of an assignment, any training is handed in
    with _line():
        st.markdown(f":material/flag: **{title or frame_text('challenge')}**", width="content")
        if is_tried:
            _outcome(some)
        elif tries.passed(judged):
            st.badge(frame_text("challenge_passed"), icon=":material/trophy:", color="green")
        else:
            st.badge(frame_text("challenge_not_yet"), icon=":material/hourglass:", color="gray")
        if not run and not tries.passed(judged):
            words = "challenge_do_train" if wanted.need_training else "challenge_do"
            st.markdown(frame_text(words), width="content")
    below = _line()
    with below:
        for one in judged:
            _goal(one)
        if task:
            st.caption(plain(assigned.in_words(task)), width="content")
            if not run:
                assigned.its_lessons(task, answers)
        elif wanted.data:
            st.caption(_on_data(wanted), width="content")
        if is_tried and run:
            st.caption(_this(wanted, some, run), width="content")
    return below


def _outcome(some: Sequence[Try]) -> None:
    """What came of the tries: the first one counts, and a later one is said to be that."""
    won = tries.first_passed(some)
    if won and won.number == 1:
        words = frame_text("challenge_passed_first")
        st.badge(words, icon=":material/trophy:", color="green")
    elif won:
        named = some[0].was_named
        key = "challenge_passed_later" if named else "challenge_passed_after_seen"
        words = frame_text(key, number=won.number)
        st.badge(words, icon=":material/replay:", color="orange")
    elif some:
        words = frame_text("challenge_not_passed", count=len(some))
        st.badge(words, icon=":material/hourglass:", color="gray")
    else:
        st.badge(frame_text("challenge_not_yet"), icon=":material/hourglass:", color="gray")


def _this(wanted: Goals, some: Sequence[Try], run: Run) -> str:
    """What the training on the page is to the challenge."""
    this = next((one for one in some if one.run and one.run.id == run.id), None)
    if this:
        key = "challenge_this" if this.was_named else "challenge_this_seen"
        return frame_text(key, number=this.number)
    is_named = tries.is_named(wanted, progress.standing(), run.id)
    return frame_text("challenge_this_to_come" if is_named else "challenge_this_not")


def try_offered(architecture: Architecture, configuration: Configuration) -> Goals | None:
    """A control that names the training to come for the challenge that is on, where it can be a
    try at it; the goals it is to be named for, or None.
    """
    try:
        wanted = goals.read(_text())
    except GoalError:  # or there is none; the goals say what is wrong with them
        return None
    if not wanted.need_training:
        return None
    judged = goals.judged(wanted, trace(architecture))
    if not goals.is_data(wanted, configuration.dataset):
        st.caption(frame_text("try_data", data=_on_data(wanted)))
    elif not all(one.is_met for one in judged if one.goal.measure not in OF_TRAINING):
        st.caption(frame_text("try_network"))
    elif goals.misses_epochs(wanted, configuration):
        st.caption(frame_text("try_epochs", epochs=epochs_text(configuration.epochs)))
    elif any(run.result for run in runs.store().find([recipe(architecture, configuration)])):
        st.caption(frame_text("try_seen"))
    else:
        store, standing = runs.store(), progress.standing()
        seen = len(tries.seen_before(store, wanted, standing, architecture, configuration))
        number = tries.next_number(store, wanted, standing) + seen
        hint = frame_text("try_first" if number == 1 else "try_later")
        label = frame_text("try_it", number=number)
        if seen:
            st.caption(frame_text("try_like_it", count=seen))
        return wanted if st.checkbox(label, value=True, key=TRY, help=hint) else None
    return None


def name_try(wanted: Goals, run_id: str) -> None:
    """Names a training for the challenge, before it begins."""
    progress.keep(tries.name(runs.store(), wanted, progress.standing(), run_id))


def tried() -> dict[str, Sequence[Try]]:
    """The tries at each of the challenges that come along, by its title."""
    each = {one.title: _tries(one.goals) for one in catalogue.challenges()}
    return {title: some for title, some in each.items() if some}


def _on_data(wanted: Goals) -> str:
    assert wanted.data
    title = CATALOGUE[wanted.data].title
    if wanted.data is DatasetName.SHAPES:
        return frame_text("challenge_data_usual", data=title, kinds=len(CLASSIC.kinds))
    return frame_text("challenge_data", data=title)


def _goal(judged: Judged) -> None:
    goal = judged.goal
    name = catalogue.measure_words()[goal.measure]
    sign = ">" if goal.is_above else "<"
    limit = goals.shown_value(goal, goal.limit)
    words = [f"{name} \\{sign} {limit}"]
    if judged.value is not None:
        value = goals.shown_value(goal, judged.value)
        words.append(
            frame_text("challenge_now_on", value=value, images=f"{judged.images:,}")
            if judged.images
            else frame_text("challenge_now", value=value)
        )
    st.badge(
        ", ".join(words),
        icon=":material/check:" if judged.is_met else ":material/radio_button_unchecked:",
        color="green" if judged.is_met else "gray",
        help=frame_text("goal_passed" if judged.is_met else "goal_not_yet"),
    )


def _text() -> str:
    """The goals of the address, else those of the session, which are put into the address; with
    the question that came with them.
    """
    found, kept = st.query_params.get(ADDRESS, ""), str(st.session_state.get(KEY, ""))
    if found not in ("", kept) and assigned.ADDRESS not in st.query_params:
        assigned.leave()  # a challenge that is no part of it
    assigned.arrive()
    if found:
        if found != kept or address.ASK in st.query_params:
            asked = address.asked(st.query_params.get(address.ASK, ""))
            st.session_state[QUESTION] = asked
        st.session_state[KEY] = found
        return found
    if kept:
        question = st.session_state.get(QUESTION, "")
        st.query_params.update({ADDRESS: kept} | ({address.ASK: question} if question else {}))
    return kept


def _forget() -> None:
    assigned.leave()
    for key, name in ((KEY, ADDRESS), (QUESTION, address.ASK)):
        st.session_state.pop(key, None)
        st.query_params.pop(name, None)


def _tries(wanted: Goals) -> Sequence[Try]:
    if not wanted.need_training:
        return ()
    try:
        return tries.tries(runs.opened(), wanted, progress.standing())
    except StoreError:
        return ()


def link(wanted: Goals, start: Architecture | None, question: str = "") -> dict[str, str]:
    """The address of a challenge in Build, with the network to begin with and a question, where
    there are any.
    """
    net = {design.ADDRESS: encode(start)} if start else {}
    asked = {address.ASK: question} if question else {}
    return net | {ADDRESS: goals.written(wanted)} | asked
