"""Whether the stand-ins of a finished product answer, on the processor they were made for."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

from linux import libraries, silent

# Run by the product's own Python: opens each library with all it links, calls every function of it.
ASKING = """
import ctypes, json, os, sys
class Text(ctypes.Structure):
    _fields_ = [("length", ctypes.c_size_t), ("place", ctypes.c_void_p)]
for path, calls in json.load(sys.stdin).items():
    library = ctypes.CDLL(path, os.RTLD_NOW)
    for name, answer in calls.items():
        call = library[name]
        call.restype = ctypes.c_char_p if answer == "" else ctypes.c_long
        text = Text(9, None)
        given = [ctypes.c_long(0)] * 5 + [ctypes.byref(text)]
        said = call(*given)
        if answer == "":
            said = said.decode()
        if name == "gss_display_status":
            assert (text.length, ctypes.string_at(text.place)) == (0, b""), name
        print("said" if said == answer else "WRONG", path.rsplit("/", 1)[-1], name, repr(said))
"""


def expected(library: Path) -> dict[str, int | str]:
    """Return what each function of a stand-in has to answer; the empty text where words are asked for."""
    answer = next(says for name, says in silent.ANSWERS.items() if re.fullmatch(name, library.name))
    return {
        each.name: "" if silent.WORDS.fullmatch(each.name) else answer
        for each in silent.symbols(library, defined=True)
        if each.kind == "FUNC"
    }


def lay(files: Path, root: Path, into: Path) -> str:
    """Lay into a folder what is to be asked of the product in the system at `root`; return the command."""
    found = [path for path in silent.carried(files) if silent.stands_in(path.name)]
    asked = {f"/{path.relative_to(root)}": expected(path) for path in found}
    (into / "asking.py").write_text(ASKING, encoding="utf-8")
    (into / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
    own = [word.removeprefix(str(root)) for word in libraries.carried_python(files)]
    return shlex.join([*own, "-I", "-B", "asking.py"]) + " <asked.json"


def wrong(printed: str) -> list[str]:
    """Return the functions that did not answer as they should, or that there was none to ask."""
    lines = printed.splitlines() or ["none was asked"]
    return [line for line in lines if not line.startswith("said ")]
