"""Who a browser is: by a key that nobody can guess, and by no other."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ui.session.person import COOKIE, key_in, new_key, profile_of

KEY, OTHER = "k" * 43, "o" * 43


def test_a_key_is_new_each_time_and_long_enough_that_nobody_guesses_it():
    keys = {new_key() for _ in range(1_000)}
    assert len(keys) == 1_000
    assert all(key_in(f"{COOKIE}={key}") == key for key in keys)
    assert min(map(len, keys)) * 6 >= 256, "bits"


@pytest.mark.parametrize(
    ("cookies", "key"),
    [
        ("", ""),
        (f"{COOKIE}={KEY}", KEY),
        (f"a=1; {COOKIE}={KEY}; b=2", KEY),
        (f"{COOKIE}={KEY}; {COOKIE}={OTHER}", KEY),  # the longer path comes first
        (f"{COOKIE}=<b>; {COOKIE}={OTHER}", OTHER),
        (f"{COOKIE}s={KEY}", ""),
        (f"{COOKIE}={KEY[1:]}", ""),
        (f"{COOKIE}={KEY}k", ""),
        (f"{COOKIE}={KEY[1:]}%", ""),
        (f"{COOKIE}={KEY[1:]}é", ""),
        (f"{COOKIE}={KEY}\n", KEY),  # white space around it, which no server hands on
        (f"{COOKIE}={KEY[1:]}\n", ""),
        (f'{COOKIE}="{KEY}"', ""),
        (f"{COOKIE}=" + "k" * 100_000, ""),
        (f"{COOKIE}=local", ""),
        (COOKIE, ""),
    ],
)
def test_which_key_a_browser_shows(cookies: str, key: str):
    assert key_in(cookies) == key


@given(some.text())
def test_whatever_is_sent_there_is_a_whole_key_or_none(cookies: str):
    assert re.fullmatch(r"([A-Za-z0-9_-]{43})?", key_in(f"{COOKIE}={cookies}"))


def test_the_store_knows_a_browser_by_what_tells_nothing_of_its_key():
    assert re.fullmatch("[0-9a-f]{64}", profile_of(KEY))
    assert profile_of(KEY) == profile_of(KEY) != profile_of(OTHER)
    assert KEY not in profile_of(KEY)
