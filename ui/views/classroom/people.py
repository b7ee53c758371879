"""The people of a class: add them, hand out links, turn somebody out."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Sequence

import streamlit as st

from cnn.names import in_spreadsheet
from cnn.people import accounts, class_list
from cnn.people.accounts import LONGEST_NAME, Account, AccountError
from cnn.people.person import Person, Role
from cnn.people.ways import Way
from cnn.people.ways import accounts as how
from cnn.pictures.kit.label import shortened
from ui.components.table import Cell, Column, TableRow, table
from ui.parts.lesson.prepare import here
from ui.parts.runs import runs
from ui.session.brought import take
from ui.session.words import ago, plain

LINKS, REFUSED, BROUGHT = "class_links", "class_refused", "class_list"
MOST_NAME = 24
COLUMNS = (
    Column("name", "Who"),
    Column("role", "Role", is_minor=True),
    Column("state", "State"),
    Column("seen", "Seen", is_number=True),
)
TONES = {"in": "good", "invited": "calm", "turned out": "warn"}


def people(class_name: str) -> None:
    """All of a class, and what can be done with them."""
    if how().way is Way.INVITE:
        _links()
        _add(class_name)
    if said := st.session_state.pop(REFUSED, ""):
        st.error(plain(f"{said[0].upper()}{said[1:]}"), icon=":material/error:")
    found = accounts.everybody(runs.store(), class_name)
    if not found:
        st.caption("Nobody yet.")
        return
    actions = st.container(horizontal=True, vertical_alignment="center")
    picked = table("People", COLUMNS, [_row(one) for one in found], key="people", can_choose=True)
    with actions:
        _actions([one for one in found if one.person.id in picked.chosen], class_name)


def _row(one: Account) -> TableRow:
    state = "turned out" if one.is_revoked else "invited" if one.is_invited else "in"
    cells = {
        "name": Cell(shortened(one.person.name, MOST_NAME)),
        "role": Cell(one.person.role.value),
        "state": Cell(state, tone=TONES[state]),
        "seen": Cell(ago(time.time() - one.seen_at) if one.seen_at else "", one.seen_at),
    }
    return TableRow(one.person.id, one.person.name, cells)


def _actions(chosen: Sequence[Account], class_name: str) -> None:
    me = runs.store().person
    theirs = [
        one.person
        for one in chosen
        if one.person.id != me.id
        and class_list.may_manage(me, one.person.role, one.person.class_name)
    ]
    if not theirs:
        st.caption("Choose learners to give them a new link, or to turn them out.")
        return
    is_by_link = how().way is Way.INVITE
    st.button(
        "New link" if is_by_link else "Let in again",
        icon=":material/link:" if is_by_link else ":material/login:",
        help="For another browser, or a lost one. A link before it opens nothing any more."
        if is_by_link
        else None,
        on_click=_invite,
        args=(theirs,),
        key="class_invite",
    )
    if me.sees_all:
        _change(theirs, class_name)
    many = theirs[0].name if len(theirs) == 1 else f"{len(theirs)} people"
    with st.popover("Turn out", icon=":material/person_off:"):
        st.markdown(
            f"{plain(many)} will be out within seconds, on open pages too. What is theirs stays."
        )
        st.button(
            "Turn out now", type="primary", on_click=_revoke, args=(theirs,), key="class_revoke"
        )


def _change(chosen: Sequence[Person], class_name: str) -> None:
    """Another class or role, which operators give: who came by a provider has no class yet."""
    with (
        st.popover("Class and role", icon=":material/badge:"),
        st.form("class_change", border=False),
    ):
        st.text_input("Class", class_name, LONGEST_NAME, key="class_change_class")
        roles = class_list.GIVEN
        same = chosen[0].role if chosen[0].role in roles else Role.LEARNER
        st.selectbox(
            "Role", roles, roles.index(same), format_func=str.capitalize, key="class_change_role"
        )
        st.form_submit_button("Change", type="primary", on_click=_put, args=(chosen,))


def _put(chosen: Sequence[Person]) -> None:
    class_name = str(st.session_state["class_change_class"])
    role = Role(st.session_state["class_change_role"])
    try:
        for one in chosen:
            accounts.change(runs.store(), one.id, role, class_name)
    except AccountError as error:
        st.session_state[REFUSED] = str(error)


def _add(class_name: str) -> None:
    me = runs.store().person
    with st.popover("Add people", icon=":material/group_add:"):
        with st.form("class_add", border=False, clear_on_submit=True):
            st.text_input("Name", max_chars=LONGEST_NAME, key="class_add_name")
            if me.sees_all:
                st.text_input("Class", class_name, LONGEST_NAME, key="class_add_class")
                roles = class_list.GIVEN
                st.selectbox("Role", roles, format_func=str.capitalize, key="class_add_role")
            st.form_submit_button("Add", type="primary", on_click=_add_one, args=(class_name,))
        st.file_uploader(
            "Or all of them as CSV",
            type=["csv", "txt"],
            key=BROUGHT,
            max_upload_size=1,  # MB
            help="A name on each line; or name,class,role.",
        )
        _of_list(class_name)


def _of_list(class_name: str) -> None:
    given = st.session_state.get(BROUGHT)
    if given is None:
        return
    try:
        rows = class_list.read(class_list.decoded(take(given)))
    except AccountError as error:
        st.error(plain(f"{str(error)[0].upper()}{str(error)[1:]}"), icon=":material/error:")
        return
    many = f"{len(rows):,} {'person' if len(rows) == 1 else 'people'}"
    st.button(
        f"Add {many}", type="primary", key="class_add_all", on_click=_add_all,
        args=(rows, class_name),
    )  # fmt: skip


def _links() -> None:
    """Links that were just made: nobody can look them up again."""
    made: list[tuple[str, str]] | None = st.session_state.get(LINKS)
    if not made:
        return
    with st.container(border=True):
        one = len(made) == 1
        st.markdown(
            f"**{len(made):,} link{'s' * (not one)}.** {'It opens' if one else 'Each opens'} once, "
            "and is shown only now."
        )
        st.code("\n".join(f"{name}: {link}" for name, link in made), language=None, wrap_lines=True)
        with st.container(horizontal=True):
            st.download_button(
                "Save as CSV",
                _as_csv(made),
                "links.csv",
                "text/csv",
                icon=":material/download:",
                on_click="ignore",
                key="class_links_csv",
            )
            st.button("Done", key="class_links_done", on_click=_forget_links)


def _as_csv(made: Sequence[tuple[str, str]]) -> str:
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(("name", "link"))
    rows.writerows((in_spreadsheet(name), link) for name, link in made)
    return written.getvalue()


def _add_one(class_name: str) -> None:
    state = st.session_state
    of = str(state.get("class_add_class", class_name))
    role = Role(state.get("class_add_role", Role.LEARNER))
    _made([(str(state["class_add_name"]), role, of)])


def _add_all(rows: list[class_list.Row], class_name: str) -> None:
    _made([(name, role, own or class_name) for name, role, own in rows])


def _made(rows: list[class_list.Row]) -> None:
    try:
        _show(class_list.add_all(runs.store(), rows))
    except AccountError as error:
        st.session_state[REFUSED] = str(error)


def _invite(chosen: Sequence[Person]) -> None:
    try:
        made = [(one, accounts.invite(runs.store(), one.id)) for one in chosen]
    except AccountError as error:  # removed meanwhile
        st.session_state[REFUSED] = str(error)
        return
    if how().way is Way.INVITE:
        _show(made)


def _revoke(chosen: Sequence[Person]) -> None:
    try:
        for one in chosen:
            accounts.revoke(runs.store(), one.id)
    except AccountError as error:
        st.session_state[REFUSED] = str(error)


def _show(made: Sequence[tuple[Person, str]]) -> None:
    base = here()
    st.session_state[LINKS] = [(person.name, f"{base}/enter/{key}") for person, key in made]


def _forget_links() -> None:
    st.session_state.pop(LINKS, None)
