"""The frame around every page: window title, icon, logo, and the navigation in its sections.

The entry script of the app, run from the top on every visit and every click; `app.py` starts it.
"""

from pathlib import Path

import streamlit as st

from ui.session.modules import one_at_a_time

with one_at_a_time:  # the server's own threads read some of these as the first page comes
    from ui.components.focus import focus_kept
    from ui.components.words import explained_words
    from ui.session import dialog, theme
    from ui.session.pages import PAGES
    from ui.session.person import has_accounts, who
    from ui.shell.memory import settle
    from ui.shell.start import first
    from ui.shell.start.reading import read

HERE = Path(__file__).parent
ICON = HERE / "icon.svg"

# Before the navigation, which would else make its page's icon the window's; and a local file, since
# the browser fetches a `:material/` window icon from the internet.
st.set_page_config(page_title="CNN Workbench", page_icon=ICON, layout="wide")
st.html(HERE / "looks.css")
st.logo(HERE / "logo.svg", icon_image=ICON, size="large")

who_is_here = who() if has_accounts() else None
page = st.navigation(
    {
        "": [
            st.Page(PAGES / "home.py", title="Home", icon=":material/home:", default=True),
        ],
        "Learn": [
            st.Page(
                PAGES / "learn.py",
                title="Learn",
                icon=":material/school:",
                help="Short lessons one can touch, from a kernel to a network of your own.",
            ),
            st.Page(PAGES / "lesson.py", title="Lesson", visibility="hidden"),
            st.Page(
                PAGES / "words.py",
                title="Words",
                icon=":material/dictionary:",
                help="What each word of the trade says, and the lesson that shows it.",
            ),
            st.Page(
                PAGES / "beyond.py",
                title="Beyond classification",
                icon=":material/explore:",
                help="Boxes, masks, corners, numbers: what else comes out, and what can be built.",
            ),
            st.Page(
                PAGES / "desk.py",
                title="Teacher's desk",
                icon=":material/co_present:",
                help="Links to hand out: a lesson, a challenge, or an assignment.",
            ),
            *(
                [
                    st.Page(
                        PAGES / "classroom.py",
                        title="Class",
                        icon=":material/groups:",
                        help="Who is where in the lessons, and what is in training.",
                    )
                ]
                if who_is_here and who_is_here.is_teacher
                else []
            ),
        ],
        "Workbench": [
            st.Page(
                PAGES / "build.py",
                title="Build",
                icon=":material/stacks:",
                help="Put layers together and see sizes, parameters and cost at once.",
            ),
            st.Page(
                PAGES / "data.py",
                title="Data",
                icon=":material/photo_library:",
                help="The images of a data set: every class, its balance, what comes twice.",
            ),
            st.Page(
                PAGES / "train.py",
                title="Train",
                icon=":material/model_training:",
                help="Train a network and watch it learn.",
            ),
            st.Page(
                PAGES / "compare.py",
                title="Compare",
                icon=":material/compare_arrows:",
                help="Several networks side by side: accuracy, cost, and what may be luck.",
            ),
            st.Page(
                PAGES / "experiments.py",
                title="Experiments",
                icon=":material/science:",
                help="One thing changed at a time: a block, the depth, a single field.",
            ),
        ],
        "Explore": [
            st.Page(
                PAGES / "atlas.py",
                title="Atlas",
                icon=":material/map:",
                help="Published networks by accuracy, cost and year, each as an exact design.",
            ),
            st.Page(
                PAGES / "draw.py",
                title="Draw",
                icon=":material/draw:",
                help="Draw a digit and watch networks read it.",
            ),
            st.Page(
                PAGES / "inside.py",
                title="Look inside",
                icon=":material/visibility:",
                help="Maps, kernels and numbers on an image's way through a network.",
            ),
        ],
    },
    expanded=has_accounts(),  # who is signed in stands below, and would hide some of it
)

if has_accounts():
    from ui.shell.people.account import account

    account()

st.set_page_config(page_title=f"{page.title} · CNN Workbench")
dialog.none_is_open()
read(page.url_path)
page.run()
theme.follow()
explained_words()
focus_kept()
first.is_shown()
settle()
