"""Data sets: drawn, shipped, found on this machine, downloaded, or brought by a person.

`load` is the way in; everything it returns is checked, split in three and fitted to the network.
"""

from cnn.data.catalogue import CATALOGUE, described, is_here, load, title
from cnn.data.dataset import Dataset, Rejected, Split, as_floats, fingerprint
from cnn.data.errors import DataError
from cnn.data.own.keeping import keep_upload
from cnn.data.own.understood import brought
from cnn.data.sets import DatasetName
from cnn.data.sets.entry import Entry
from cnn.data.sets.shape_options import Shape, ShapeOptions
from cnn.data.spec import DatasetSpec

__all__ = [
    "CATALOGUE",
    "DataError",
    "Dataset",
    "DatasetName",
    "DatasetSpec",
    "Entry",
    "Rejected",
    "Shape",
    "ShapeOptions",
    "Split",
    "as_floats",
    "brought",
    "described",
    "fingerprint",
    "is_here",
    "keep_upload",
    "load",
    "title",
]
