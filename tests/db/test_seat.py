"""Where a file lies is told without asking anybody."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ASKED = """
import sys
from pathlib import Path
from db import seat
asked = []
sys.addaudithook(lambda event, args: asked.append(event) if event.startswith(("socket", "subprocess")) else None)
import uuid
uuid.getnode = lambda: asked.append("uuid") or 0
assert seat.place_of(Path(sys.argv[1])) == seat.place_of(Path(sys.argv[1]))
assert not asked, asked
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's table of cards")
def test_no_socket_and_no_other_program_is_asked(tmp_path):
    (tmp_path / "f").touch()
    command = [sys.executable, "-c", ASKED, str(tmp_path / "f")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
