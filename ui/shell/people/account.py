"""Who is signed in, below the navigation, and the way out."""

from html import escape

import streamlit as st

from cnn.people.ways import Way, accounts
from ui.session.assets import address
from ui.session.person import who


def account() -> None:
    """The name of whoever is here; whom a proxy named signs out there."""
    person = who()
    if person is None:
        return  # the page itself says so
    way_out = f' · <a href="{address("/leave")}" target="_self">Sign out</a>'
    role = "" if person.role in ("learner", "guest") else f" ({person.role})"
    role = ", for a day" if person.role == "guest" else role
    st.sidebar.html(
        f"<p><small>{escape(person.name)}{role}{'' if accounts().way is Way.PROXY else way_out}"
        "</small></p>"
    )
