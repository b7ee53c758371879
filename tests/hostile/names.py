"""The corpus of names: what means something if not shown by its letters, and what nobody sees."""

from __future__ import annotations

NAMES: dict[str, str] = {
    "an address": "https://evil.example/x",
    "an address in capitals": "HTTPS://EVIL.EXAMPLE",
    "an address without its protocol": "see www.evil.example now",
    "the same in capitals": "WWW.evil.example",
    "an address of mail": "mail@evil.example",
    "mail with its protocol": "mailto:a@evil.example",
    "another protocol": "xmpp:a@evil.example ftp://evil.example",
    "a link": "[x](https://evil.example)",
    "a link by reference": "[x][1] [1]: https://evil.example",
    "a link in brackets": "<https://evil.example>",
    "a link of HTML": '<a href="https://evil.example">x</a>',
    "a picture": "![x](https://evil.example/x.png)",
    "a script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "an entity": "&lt;b&gt; &#64; &amp;",
    "a formula": "$x^2$ $$y$$ \\(z\\)",
    "an icon": ":material/bolt: :streamlit: :smile:",
    "a colour": ":red[x] :blue-background[y] :gray-badge[z]",
    "code": "`#ff0000` ``x`` ```y```",
    "arrows": "a -> b <- c <-> d --> e >= f <= g ~= h != i",
    "weight": "**a** *b* __c__ _d_ ~~e~~ ***f***",
    "a heading": "# a",
    "a list": "- a",
    "a numbered list": "1. a",
    "a quotation": "> a",
    "a table": "| a | b |",
    "a footnote": "a[^1] [^1]: b",
    "backslashes": "a\\ b\\\\*c\\*",
}
"""Names that mean something in Markdown or HTML: all are shown by their letters."""

UNSEEN: dict[str, tuple[str, str]] = {
    "turned round": ("a\u202egnp.exe", "agnp.exe"),
    "turned round and back": ("a\u202eb\u202cc", "abc"),
    "isolated": ("\u2066a\u2069\u2067b\u2068", "ab"),
    "marks of direction": ("\u200ea\u200fb\u061c", "ab"),
    "of no width": ("Le\u200bNet", "LeNet"),
    "a joint in Latin": ("Le\u200dNe\u200ct", "LeNet"),
    "a word joiner": ("Le\u2060Net", "LeNet"),
    "a mark of byte order": ("\ufeffLeNet", "LeNet"),
    "a soft hyphen": ("Le\u00adNet", "LeNet"),
    "a joiner of graphemes": ("Le\u034fNet", "LeNet"),
    "fillers that count as letters": ("Le\u3164\u115f\u1160\uffa0Net", "LeNet"),
    "a blank of Braille": ("Le\u2800Net", "LeNet"),
    "tags": ("LeNet\U000e0041\U000e007f", "LeNet"),
    "a look for a letter": ("Le\ufe0fNet", "LeNet"),
    "a breaking line": ("Le\u2028Net\u2029", "LeNet"),
    "many joints": ("\u0645\u06cc\u200c\u200c\u200d\u200c\u0634", "\u0645\u06cc\u200c\u0634"),
    "nothing to be seen": ("\u200b\u2060\u3164", ""),
    "Persian, which needs its joint": (
        "\u0645\u06cc\u200c\u0634\u0648\u062f",
        "\u0645\u06cc\u200c\u0634\u0648\u062f",
    ),
    "a family, which needs its joints": (
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    ),
    "a burning heart": ("\u2764\ufe0f\u200d\U0001f525", "\u2764\ufe0f\u200d\U0001f525"),
    "Hebrew": ("\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd"),
    "accents": ("Z\u00fcrich, Ha\u0301 N\u00f4\u0323i", "Z\u00fcrich, Ha\u0301 N\u00f4\u0323i"),
}
"""Names with what nobody sees in them, and what is left; the last few are left as they are."""
