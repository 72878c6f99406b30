"""Stand-ins for libraries that are linked and never asked: each call is answered by "no".

Qt, CUPS, the bus and the client of a county's server link whole worlds for what the program does not
do: encrypted lines to foreign printers, tickets and directories of a domain, waking servers, drawing by
a graphics card. A stand-in bears the library's name and versions and defines exactly the symbols that
the folder's other binaries ask of it. What only the real one linked goes with it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from linux import libraries, processor
from making import Stop

# Library -> what each of its functions answers: nothing found, or that it failed.
NOTHING, FAILED = 0, -1
ANSWERS = {
    r"libsystemd\.so\.0": NOTHING,  # a bus that listens asks it for its door; a client does not
    r"lib(GL|EGL)\.so\.1": NOTHING,  # nothing is drawn by the graphics card
    r"libgnutls\.so\.30": FAILED,  # encrypted lines to printers elsewhere; CUPS of this machine has none
    r"libgssapi_krb5(-\w+)?\.so\..*": FAILED,  # tickets of a domain, for CUPS and the server
    r"libldap-\w+\.so\..*": FAILED,  # the server's address out of a directory
}
# Functions that answer with words; a caller may print them.
WORDS = re.compile(r".*(strerror|err2string|_get_name|QueryString|GetString)")
LINE = re.compile(
    r"^ *\d+: [0-9a-f]+ +(\d+|0x[0-9a-f]+) (\w+) +(?:GLOBAL|WEAK|UNIQUE) +\w+ +(?:\[.*?\] +)?(\w+) (\S+)",
    re.M,
)
INSTRUCTIONS = {
    "x86_64": {
        NOTHING: "xorl %eax, %eax\nret",
        FAILED: "movq $-1, %rax\nret",
        "words": "leaq words(%rip), %rax\nret",
        # The sixth argument takes the length of a text and its place.
        "gss_display_status": "leaq words(%rip), %rax\nmovq %rax, 8(%r9)\nmovq $0, (%r9)\nmovq $-1, %rax\nret",
    },
    "aarch64": {
        NOTHING: "mov x0, #0\nret",
        FAILED: "mov x0, #-1\nret",
        "words": "adrp x0, words\nadd x0, x0, :lo12:words\nret",
        "gss_display_status": "adrp x0, words\nadd x0, x0, :lo12:words\nstr x0, [x5, #8]\nstr xzr, [x5]\nmov x0, #-1\nret",
    },
}  # fmt: skip


@dataclass(frozen=True, order=True)
class Symbol:
    """One name a library defines or asks for."""

    name: str
    version: str
    kind: str
    size: int


def symbols(path: Path, *, defined: bool) -> Iterator[Symbol]:
    """Yield the names that a binary defines, or those it asks of others."""
    command = ["readelf", "--dyn-syms", "--wide", str(path)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for size, kind, where, word in LINE.findall(printed):
        if (where != "UND") is defined and where != "ABS":
            name, _, version = word.partition("@")
            yield Symbol(name, version.lstrip("@"), kind, int(size, 0))


def source(wanted: Iterable[Symbol], answer: int, kind: str) -> str:
    """Return the stand-in in the assembler's language."""
    words = INSTRUCTIONS[kind]
    lines = [".section .rodata", "words: .byte 0", '.section .note.GNU-stack, "", %progbits']
    for each in sorted(wanted):
        lines += [f".globl {each.name}"]
        if each.kind in {"OBJECT", "TLS"}:
            lines += [
                ".bss",
                ".balign 16",
                f".type {each.name}, %object",
                f".size {each.name}, {each.size}",
            ]
            lines += [f"{each.name}: .zero {each.size}"]
        else:
            said = words.get(each.name) or words["words" if WORDS.fullmatch(each.name) else answer]
            lines += [
                ".text",
                ".balign 16",
                f".type {each.name}, %function",
                f"{each.name}: {said}",
            ]
    return "\n".join(lines) + "\n"


def versions(wanted: Iterable[Symbol]) -> str:
    """Return the linker's list of which name belongs to which version of the library."""
    found: dict[str, list[str]] = {}
    for each in sorted(wanted):
        found.setdefault(each.version, []).append(each.name)
    return "".join(
        f"{version} {{ global: {' '.join(f'{name};' for name in names)} }};\n"
        for version, names in found.items()
        if version
    )


def make(library: Path, wanted: list[Symbol], answer: int) -> None:
    """Put a stand-in in the place of a library."""
    work = library.with_name(library.name + ".part")
    work.mkdir()
    (work / "made.s").write_text(source(wanted, answer, processor.here().name), encoding="ascii")
    (work / "made.map").write_text(versions(wanted), encoding="ascii")
    subprocess.run(["as", "made.s", "-o", "made.o"], check=True, cwd=work)
    linking = ["ld", "-shared", "--build-id=none", "-z", "noexecstack", "-soname", library.name]
    if (work / "made.map").stat().st_size:
        linking.append("--version-script=made.map")
    subprocess.run([*linking, "made.o", "-o", "made.so"], check=True, cwd=work)
    shutil.move(work / "made.so", library)
    shutil.rmtree(work)


def needed(path: Path) -> list[str]:
    """Return the names of the libraries a binary links itself."""
    command = ["readelf", "--dynamic", "--wide", str(path)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return re.findall(r"\(NEEDED\).*\[([^]]+)\]", printed)


def carried(folder: Path) -> list[Path]:
    """Return the libraries that are there because others link them: the system's and the wheels' own."""
    return [*sorted((folder / "lib" / "rt").iterdir()), *sorted(folder.rglob("*.libs/*"))]


def drop_unlinked(folder: Path) -> None:
    """Drop the libraries that nothing links any more."""
    brought = {path.name: path for path in carried(folder)}
    loader = libraries.loader(folder)
    known = {loader.name, *libraries.OPENED}
    waiting = [path for path in libraries.binaries(folder) if brought.get(path.name) != path]
    waiting += [brought[name] for name in known]
    while waiting:
        for name in needed(waiting.pop()):
            if name in brought and name not in known:
                known.add(name)
                waiting.append(brought[name])
    for name in brought.keys() - known:
        brought[name].unlink()


def stands_in(name: str) -> bool:
    """Tell whether the library of this name is one of ours that answers for another."""
    return any(re.fullmatch(each, name) for each in ANSWERS)


def lay(folder: Path) -> None:
    """Put the stand-ins in place and drop what only the real libraries linked."""
    chosen = {
        path: answer
        for path in carried(folder)
        for name, answer in ANSWERS.items()
        if re.fullmatch(name, path.name)
    }
    for name in ANSWERS:
        if not any(re.fullmatch(name, path.name) for path in chosen):
            raise Stop(
                f"No library is called {name} any more: see ANSWERS in {Path(__file__).name}."
            )
    asked = {
        each.name
        for path in libraries.binaries(folder)
        if path not in chosen
        for each in symbols(path, defined=False)
    }
    for library, answer in chosen.items():
        make(
            library, [each for each in symbols(library, defined=True) if each.name in asked], answer
        )
    drop_unlinked(folder)
