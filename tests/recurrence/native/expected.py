"""Which loop a layer in float32 must take on this machine, and must not miss."""

import os
import shutil

from tests import needs

COMPILERS = ("c++", "g++", "clang++")

HAS_COMPILER = needs.COMPLETE or any(map(shutil.which, COMPILERS))
IS_OFF = os.environ.get("KERAS_GATED_NATIVE") == "0"

FLOAT32_LOOP = "native" if HAS_COMPILER and not IS_OFF else "hand-written"
