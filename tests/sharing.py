"""Which tests one worker of pytest has: those of a file, and all that visit the running app, which
is started once for them.
"""

from xdist.scheduler import LoadFileScheduling

VISITS = "tests/browser/"
OF_SMALL_APPS = (f"{VISITS}components/test_editor.py", f"{VISITS}components/test_grids.py")


def scope_of(file: str) -> str:
    """What is given to one worker as a whole."""
    return VISITS if file.startswith(VISITS) and file not in OF_SMALL_APPS else file


class OneApp(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return scope_of(super()._split_scope(nodeid))
