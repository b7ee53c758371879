"""CNN Workbench's core: describe, trace, build and explain convolutional networks.

Imports no user interface, and no TensorFlow until something is built or trained.
"""

import logging

from cnn.network.architecture import Architecture
from cnn.network.errors import ArchitectureError
from cnn.network.trace import Trace, trace

logging.getLogger(__name__).addHandler(logging.NullHandler())  # heard where somebody asks for it

__all__ = ["Architecture", "ArchitectureError", "Trace", "trace"]
