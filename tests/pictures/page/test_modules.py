"""Modules as one text: linked by their names, and safe inside a page."""

import json
import re

from cnn.pictures.page.modules import needed, whole

TEXTS = {
    "a/a.js": 'import { b } from "../b/b.js";\nimport "./own.js";\nconst one = "</script>";\n',
    "a/own.js": "export {};\n",
    "b/b.js": "export const b = 1;\n",
}


def test_a_module_stands_after_all_that_it_imports_in_whichever_form():
    order = needed("a/a.js", TEXTS)

    assert order[-1] == "a/a.js"
    assert set(order) == TEXTS.keys()


def test_the_text_names_the_others_and_ends_no_script():
    text = whole("a/a.js", TEXTS)
    found = re.search(r"const MODULES = (\{.*\});\n", text)
    assert found is not None
    held = json.loads(found[1])

    assert 'from "module:b/b.js"' in held["a/a.js"]
    assert 'import "module:a/own.js"' in held["a/a.js"]
    assert "</script>" in held["a/a.js"]
    assert "</script>" not in text
