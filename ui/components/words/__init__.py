"""Explains words where they stand: a card with a sentence and a link, beside a word under the
pointer, the finger or the keys.

Words are links in lessons (`cnn.lessons.words.linked`), and underlined in the labels of controls,
where the page cannot have links. All of them are known to the script, which is put up once.
"""

from __future__ import annotations

from ui.components.component import component
from ui.session.assets import address

_mount = component(
    "words",
    html='<div id="word-card" class="word-card" role="tooltip" popover="manual">'
    '<p class="word-said"></p><a class="word-place"></a></div>',
    isolate_styles=False,
)


def explained_words() -> None:
    """Has the words on the page explained."""
    _mount(key="words", data={"base": address("/")})
