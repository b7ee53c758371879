"""Where the pages are.

Links to a page are whole paths, `st.switch_page(PAGES / "build.py")`: Streamlit looks for a
relative one beside the entry script, `ui/shell/main.py`.
"""

from pathlib import Path

PAGES = Path(__file__).parents[2] / "pages"
