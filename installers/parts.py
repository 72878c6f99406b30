"""The list of a product's parts (SBOM) as CycloneDX 1.6: what was built into it, in which version.

The file says nothing about the machine or the hour: its time is that of the commit, its number is
counted from what it lists. So the same input gives the same bytes. The library that writes it is a
tool of the build (``lock/build.txt``), laid into a folder of its own and never into the product.
"""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import licences
from making import ROOT, version

LOCK = ROOT / "installers" / "lock" / "build.txt"
NAME = "parts.cdx.json"
SPACE = uuid.UUID(
    "5b1f6a0e-6e0f-5c52-9f0e-2f1d1f6a7c11"
)  # ours: numbers of lists are counted in it


@dataclass(frozen=True, order=True)
class Part:
    """One part: what kind, its name and version, where it is known (kind of package), its licence."""

    kind: str
    """"library", "font", "platform": what it is in the product."""
    name: str
    version: str
    source: str
    """Kind of package URL: "pypi", "deb/debian", or "" for what is in no archive."""
    licence: str = ""
    sha256: str = ""


def wheels(site: Path) -> Iterator[Part]:
    """Yield the libraries laid into a folder of wheels."""
    for found in metadata.distributions(path=[str(site)]):
        name = found.metadata["Name"]
        yield Part("library", name, found.version, "pypi", licences.stated(name, found.metadata))


def faces(folder: Path) -> Iterator[Part]:
    """Yield the faces a font folder's own list names."""
    listed = json.loads((folder / "fonts.json").read_text(encoding="utf-8"))
    for face in listed["faces"]:
        release = face["from"].partition("(")[2].partition(")")[0]
        yield Part("font", face["file"], release, "", face["licence"], face["sha256"])


def listing(product: str, version: str, commit: str, moment: int, parts: Iterable[Part]) -> str:
    """Return the list as JSON. `moment` is the commit's time (seconds), `product` names the build."""
    from cyclonedx.contrib.license.factories import LicenseFactory
    from cyclonedx.model import HashAlgorithm, HashType, Property
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.output import make_outputter
    from cyclonedx.schema import OutputFormat, SchemaVersion
    from packageurl import PackageURL

    kinds = {
        "library": ComponentType.LIBRARY,
        "platform": ComponentType.PLATFORM,
        "font": ComponentType.DATA,
    }
    known, listed = LicenseFactory(), sorted(parts)

    def component(part: Part) -> Component:
        kind, _, space = part.source.partition("/")
        url = PackageURL(kind, space or None, part.name, part.version) if kind else None
        return Component(
            type=kinds[part.kind],
            name=part.name,
            version=part.version,
            purl=url,
            bom_ref=f"{part.kind}:{part.name}@{part.version}",
            licenses=[known.make_from_string(part.licence)] if part.licence else None,
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=part.sha256)]
            if part.sha256
            else None,
        )

    whole = Component(
        type=ComponentType.APPLICATION,
        name="zhengyou",
        version=version,
        bom_ref=f"zhengyou@{version}",
        licenses=[known.make_from_string("Apache-2.0")],
        properties=[Property(name="build", value=product), Property(name="commit", value=commit)],
    )
    bom = Bom(
        components=(made := [component(part) for part in listed]),
        serial_number=uuid.uuid5(SPACE, "\n".join([product, version, commit, *map(str, listed)])),
    )
    bom.metadata.component = whole
    bom.metadata.timestamp = datetime.fromtimestamp(moment, UTC)
    bom.register_dependency(whole, made)
    out = make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6)
    return out.output_as_string(indent=1) + "\n"


def write(place: Path, tools: Path, product: str, moment: int, parts: Iterable[Part]) -> None:
    """Write the list of a product's parts into its folder of licences.

    `tools` is where the wheels of LOCK were laid; `product` names the build, "linux-x86_64".
    """
    command = ["git", "rev-parse", "HEAD"]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    sys.path.insert(0, str(tools))
    try:
        text = listing(product, version(), told.stdout.strip(), moment, parts)
    finally:
        sys.path.remove(str(tools))
    (place / NAME).write_text(text, encoding="utf-8")
