"""The one error of a network that cannot be, and how a place in a network is named."""

from __future__ import annotations

Path = tuple[int | str, ...]
"""Where a layer stands: `(2,)` is the third layer, `(2, "body", 0)` the first inside its body."""


class ArchitectureError(ValueError):
    """What is wrong with a network, with the values, and what to do about it."""

    def __init__(self, problem: str, *, where: str = "", path: Path | None = None) -> None:
        super().__init__(f"{where}: {problem}" if where else problem)
        self.problem = problem
        self.where = where
        self.path = path

    def at(self, where: str, path: Path) -> ArchitectureError:
        """The same problem with its place, unless a deeper layer has already named its own."""
        if self.path is not None:
            return self
        return ArchitectureError(self.problem, where=where, path=path)


def path_text(path: Path) -> str:
    """The place as it reads in the JSON: `layers[2].body[0]`."""
    return "layers" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


def shown(value: object, limit: int = 60) -> str:
    """A received value as an error message quotes it, cut where it is long."""
    try:
        text = " ".join(repr(value).splitlines())
    except Exception:  # noqa: BLE001 - a foreign repr may do anything; the message must come
        text = f"something of type {type(value).__name__}"
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
