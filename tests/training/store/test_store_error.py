"""No message shows a password, however its address is mangled; what is wrong with it is said."""

import traceback
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn.training.store.store import Store, StoreError
from cnn.training.store.store_error import is_readable, shown_url, without_secrets

LETTERS = st.text("abcXYZ019", min_size=8, max_size=12).map(lambda text: f"Q{text}")
SIGNS = st.sampled_from("@:/?&=#;% +")
PASSWORDS = st.tuples(LETTERS, st.lists(st.tuples(SIGNS, LETTERS), max_size=3)).map(
    lambda parts: parts[0] + "".join(map("".join, parts[1]))
)
ADDRESSES = (
    "postgresql+psycopg:me:{raw}@127.0.0.1:1/cnn",
    "postgresql+psycopg:/me:{raw}@127.0.0.1:1/cnn",
    "postgresql+psycopg:///me:{raw}@127.0.0.1:1/cnn",
    "postgresql+psycopg//me:{raw}@127.0.0.1:1/cnn",
    "postgresql+psycopg://me:{raw}@127.0.0.1:1/cnn",
    "postgresql+psycopg://me:S3@{raw}@127.0.0.1:1/cnn",
    "postgresql+psycopg://me@{raw}@127.0.0.1:1/cnn",
    "postgresql+psycopg://me/{raw}@127.0.0.1:1/cnn",
    "postgresql+psycopg://me:{quoted}@127.0.0.1:1/cnn",
    "postgresql+psycopg://me@127.0.0.1:1/cnn?password={raw}",
    "postgresql+psycopg://me@127.0.0.1:1/cnn?sslmode=prefer;password={raw}",
    "postgresql+psycopg://me@127.0.0.1:1/cnn&password={raw}",
    "postgresql+psycopg:///?conninfo=host%3D127.0.0.1%20port%3D1%20password%3D{quoted}",
    "postgresql+psycopg:///?conninfo=host=127.0.0.1 port=1 password={raw}",
    "postgresql+psycopg:///?conninfo=postgresql://me:{quoted}@127.0.0.1:1/cnn",
    "postgresql+psycopg:///?dbname=postgresql://me:{quoted}@127.0.0.1:1/cnn",
    "sqlite://me:{raw}@127.0.0.1/runs.sqlite",
    "me:{raw}@127.0.0.1:1/cnn",
)


@given(password=PASSWORDS, address=st.sampled_from(ADDRESSES))
def test_a_password_is_in_no_message_however_its_address_is_mangled(password: str, address: str):
    url = address.format(raw=password, quoted=quote(password, safe=""))
    said = [shown_url(url)]
    with pytest.raises(StoreError) as refused:
        Store(url)
    said += [str(refused.value), "".join(traceback.format_exception(refused.value))]
    if is_readable(url):
        said.append(without_secrets(url).render_as_string(hide_password=False))

    pieces = {one for one in _split(password) if one.startswith("Q")}
    assert pieces
    assert not [(piece, one) for piece in pieces for one in said if piece in one]


def _split(password: str) -> list[str]:
    return "".join(one if one.isalnum() else " " for one in password).split()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg:me:cretPW@h/cnn",
        "postgresql+psycopg://me:S3@cretPW@h/cnn",
        "postgresql+psycopg://me:cretPW/h/cnn",
    ],
)
def test_an_address_that_cannot_be_read_says_how_one_is_written(url: str):
    with pytest.raises(StoreError, match=r"of a password, write @ as %40") as refused:
        Store(url)

    assert "'postgresql+psycopg:...'" in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://me@10.0.0.9:5432/cnn?sslmode=require",
        "postgresql+psycopg://me:***@[::1]:5432/cnn",
        "postgresql+psycopg://me%40tenant:***@10.0.0.9/cnn%3Aa",
        "postgresql+psycopg:///cnn?host=%2Fvar%2Frun&user=me",
        "sqlite:////data/runs.sqlite",
        "sqlite:////data/me%40work/a%3Db%3Bc/runs.sqlite",
        "nosuchdatabase://somewhere/runs",
    ],
)
def test_an_address_that_can_be_read_is_shown_as_it_is(url: str):
    assert is_readable(url)
    assert shown_url(url) == url


def test_where_it_stands_behind_the_question_mark_the_way_out_is_still_said():
    with pytest.raises(StoreError, match=r"is not repeated.*Start that server, or correct"):
        Store("postgresql+psycopg:///cnn?conninfo=host%3D127.0.0.1%20port%3D1%20password%3Dx")
