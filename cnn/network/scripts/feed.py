"""What a network is fed, as code: for NumPy and TensorFlow, and for PyTorch.

Each is a function of its own, so that a script says how images become what the network expects.
"""

from __future__ import annotations

from cnn.network.feed import Feed, Numbers
from cnn.network.scripts.code import number

NAME = "prepare"


def feed_words(feed: Feed) -> str:
    """Which pixels a script says that its network expects: short, as code follows that says all."""
    is_plain = not (feed.mean or feed.sd or feed.bgr)
    return feed.words if is_plain else f"as {NAME}() makes them"


def numpy_function(feed: Feed) -> str:
    """The function that makes of bytes, channels last, what the network gets; it needs `np`."""
    given = 'np.asarray(pixels, "float32")'
    lines = [f"images = {_from_bytes(given, feed)}"]
    lines += ["images = images[..., ::-1]  # blue first"] * feed.bgr
    lines += [f"images = images - {_array(feed.mean)}"] if feed.mean else []
    lines += [f"images = images / {_array(feed.sd)}"] if feed.sd else []
    return _function(lines, "pixels", "(n, height, width, channels)")


def scaled_function(feed: Feed) -> str:
    """The same of float images from 0 to 1, arrays or tensors, as training meets them."""
    lines = ["images = images[..., ::-1]  # blue first"] * feed.bgr
    if (feed.low, feed.high) != (0, 1):
        high, low = _single(feed.high - feed.low), _single(feed.low)
        lines.append(f"images = images * {high} + {low}")
    lines += [f"images = images - {_array(feed.mean)}"] if feed.mean else []
    lines += [f"images = images / {_array(feed.sd)}"] if feed.sd else []
    body = "".join(f"    {line}\n" for line in lines)
    return (
        "def feed(images):\n"
        '    """What the network is fed for images from 0 to 1, red first."""\n'
        f"{body}    return images\n"
    )


def torch_function(feed: Feed) -> str:
    """The same of bytes as PyTorch lays them out, channels first; it needs `torch`."""
    lines = [f"images = {_from_bytes('pixels.float()', feed)}"]
    lines += ["images = images.flip(1)  # blue first"] * feed.bgr
    lines += [f"images = images - {_tensor(feed.mean)}"] if feed.mean else []
    lines += [f"images = images / {_tensor(feed.sd)}"] if feed.sd else []
    return _function(lines, "pixels", "(N, channels, height, width)")


def _function(lines: list[str], taken: str, shape: str) -> str:
    body = "".join(f"    {line}\n" for line in lines)
    return (
        f"def {NAME}({taken}):\n"
        f'    """What the network is fed for bytes {shape}, red first."""\n'
        f"{body}    return images\n"
    )


def _from_bytes(pixels: str, feed: Feed) -> str:
    span = feed.high - feed.low
    text = pixels if span == 255 else f"{pixels} / {number(255 / span).removesuffix('.0')}"
    if not feed.low:
        return text
    return f"{text} {'-' if feed.low < 0 else '+'} {number(abs(feed.low)).removesuffix('.0')}"


def _array(values: Numbers) -> str:
    return _single(values[0]) if len(values) == 1 else f"np.float32({_list(values)})"


def _single(value: float) -> str:
    return f"np.float32({value!r})"


def _tensor(values: Numbers) -> str:
    if len(values) == 1:
        return repr(values[0])
    return f"torch.tensor({_list(values)}).view(1, -1, 1, 1)"


def _list(values: Numbers) -> str:
    return f"[{', '.join(map(repr, values))}]"
