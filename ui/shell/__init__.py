"""The frame around every page, and where the pages are."""

from pathlib import Path

# Links to a page are whole paths, `st.switch_page(PAGES / "build.py")`: Streamlit looks for a
# relative one beside the entry script, `ui/shell/main.py`.
PAGES = Path(__file__).parents[2] / "pages"
