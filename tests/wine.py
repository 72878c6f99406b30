"""Whether these tests run on Wine instead of Windows: what it cannot do is left out, with the reason."""

from __future__ import annotations

import sys

HERE = False
if sys.platform == "win32":
    import ctypes

    HERE = hasattr(ctypes.windll.ntdll, "wine_get_version")
