"""What people call their runs: name, tags and note, to be read and to be changed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnn.training.recipe.elsewhere import Elsewhere
from cnn.training.recipe.run import Run
from cnn.training.store import labels, run_list
from cnn.training.store.labels import LONGEST_NAME, LONGEST_NOTE, LONGEST_TAG, MOST_TAGS, LabelError
from ui.parts.runs import runs
from ui.session.person import may_share
from ui.session.words import plain

REFUSED = "labels_refused"


def tag_text(tags: Sequence[str]) -> str:
    """Tags in a line."""
    return "  ".join(f"#{tag}" for tag in tags)


def shown_labels(run: Run | Elsewhere) -> None:
    """Tags and note of a run, where it has some."""
    tags = labels.tags_of(runs.store(), [run.id])[run.id]
    called = run.architecture.name if run.architecture else ""
    network = [called] if called not in ("", run.name) else []
    put_away = ["archived"] if run.is_archived else []
    said = [*runs.whose(run), *network, *([tag_text(tags)] if tags else []), *put_away]
    if said:
        st.caption(plain(" · ".join(said)))
    if run.note:
        st.text(run.note)


def edit(run: Run | Elsewhere, place: str) -> None:
    """The form that changes them; `place` tells two of them on one page apart."""
    store = runs.store()
    if not runs.is_mine(run):
        return
    name, tags, note, shared = (
        f"{place}_{what}_{run.id}" for what in ("name", "tags", "note", "shared")
    )
    mine = labels.tags_of(store, [run.id])[run.id]

    def save() -> None:
        values = [st.session_state[key] for key in (name, tags, note)]
        try:
            labels.put_tags(store, run.id, values[1])
            labels.put_note(store, run.id, values[2])
            labels.rename(store, run.id, values[0])
            if may_share():
                labels.share(store, run.id, is_shared=st.session_state[shared])
        except LabelError as error:
            st.session_state[REFUSED] = str(error)

    label = "Name, tags, note"
    with (
        st.popover(label, icon=":material/sell:", key=f"{place}_labels"),
        st.form(f"{place}_form_{run.id}", border=False),
    ):
        st.text_input(
            "Name",
            run.name,
            LONGEST_NAME,
            key=name,
            help="Left empty, the run is called like its network.",
        )
        st.multiselect(
            "Tags",
            list(dict.fromkeys([*mine, *run_list.choices(store).tags])),
            mine,
            key=tags,
            accept_new_options=True,
            max_selections=MOST_TAGS,
            placeholder="Choose, or type a new one",
        )
        st.text_area("Note", run.note, max_chars=LONGEST_NOTE, key=note)
        if may_share():
            st.checkbox("Others in class may open it by its link", run.is_shared, key=shared)
        st.form_submit_button("Save", type="primary", on_click=save)
        _refusal()


def tag_several(run_ids: Sequence[str]) -> None:
    """Adds tags to several runs, or takes some away."""
    store = runs.store()
    key = "tags_of_several"

    def change(add: bool) -> None:
        wanted = st.session_state[key]
        try:
            (labels.add_tags if add else labels.remove_tags)(store, run_ids, wanted)
        except LabelError as error:
            st.session_state[REFUSED] = str(error)

    with st.popover("Tag", icon=":material/sell:", key="tag_several"):
        st.multiselect(
            "Tags",
            run_list.choices(store).tags,
            key=key,
            accept_new_options=True,
            max_selections=MOST_TAGS,
            placeholder=f"Choose, or type one, {LONGEST_TAG} letters at most",
        )
        with st.container(horizontal=True):
            st.button("Add", type="primary", on_click=change, args=(True,), key="tags_add")
            st.button("Take away", on_click=change, args=(False,), key="tags_remove")
        _refusal()


def _refusal() -> None:
    """Why the last change was not made; a callback in a fragment has no place to say it."""
    if said := st.session_state.pop(REFUSED, ""):
        st.error(plain(f"{said[0].upper()}{said[1:]}"), icon=":material/error:")
