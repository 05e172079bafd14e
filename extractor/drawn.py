"""Matplotlib, imported at one place, so that it writes nothing into a user's home.

It keeps a list of fonts in a folder of its own and would make one there. Who names a folder by ``MPLCONFIGDIR`` keeps it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

if "MPLCONFIGDIR" not in os.environ:
    _folder = tempfile.mkdtemp(prefix="trialspan-fonts-")
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
    os.environ["MPLCONFIGDIR"] = _folder

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Polygon, Rectangle
from matplotlib.textpath import TextPath

__all__ = ["Circle", "Figure", "FontProperties", "Line2D", "Polygon", "Rectangle", "TextPath", "rc_context"]
