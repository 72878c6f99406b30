"""The scripts of installers/ are no package: they are found as they find each other."""

from __future__ import annotations

import sys

from tests.installers.scripts import INSTALLERS

sys.path.insert(0, str(INSTALLERS))
