"""A check of a design as a page asks for it: what is known, else a worker is asked to find out."""

from cnn.network.architecture import Architecture
from cnn.training.store.store import Store
from cnn.training.workers import checks


def ask(store: Store, architecture: Architecture) -> checks.Check:
    return checks.known(store, architecture) or checks.want(store, architecture)
