"""The list of a product's parts: complete, the same from the same input, silent about the machine."""

from __future__ import annotations

import json

import parts

PARTS = [
    parts.Part("library", "peewee", "4.5.3", "pypi", "MIT"),
    parts.Part("library", "libc6", "2.36-9", "deb/debian"),
    parts.Part(
        "font", "fang.otf", "Debian 12", "", "GPL-3.0-or-later with font exception", "ab" * 32
    ),
]


def listing(listed, **other):
    told = {
        "product": "linux-x86_64",
        "version": "0.1.0",
        "commit": "c0ffee",
        "moment": 1_700_000_000,
    }
    return parts.listing(**(told | other), parts=listed)


def test_every_part_is_listed_with_version_licence_and_where_it_is_known():
    said = json.loads(listing(PARTS))
    assert (said["bomFormat"], said["specVersion"]) == ("CycloneDX", "1.6")
    found = {one["name"]: one for one in said["components"]}
    assert found["peewee"]["purl"] == "pkg:pypi/peewee@4.5.3"
    assert found["peewee"]["licenses"][0]["license"]["id"] == "MIT"
    assert "font exception" in found["fang.otf"]["licenses"][0]["license"]["name"]
    assert found["libc6"]["purl"] == "pkg:deb/debian/libc6@2.36-9"
    assert found["fang.otf"]["hashes"] == [{"alg": "SHA-256", "content": "ab" * 32}]
    whole = said["metadata"]["component"]
    assert (whole["name"], whole["version"]) == ("zhengyou", "0.1.0")
    assert {"name": "commit", "value": "c0ffee"} in whole["properties"]
    (needs,) = [one for one in said["dependencies"] if one["ref"] == whole["bom-ref"]]
    assert len(needs["dependsOn"]) == len(PARTS)


def test_the_same_parts_give_the_same_bytes_in_any_order():
    assert listing(PARTS) == listing(PARTS[::-1])
    said = json.loads(listing(PARTS))
    assert said["metadata"]["timestamp"].startswith("2023-11-14T22:13:20")
    assert said["serialNumber"] != json.loads(listing(PARTS[1:]))["serialNumber"]
    assert said["serialNumber"] != json.loads(listing(PARTS, commit="beef"))["serialNumber"]


def test_wheels_are_found_where_they_lie(tmp_path):
    record = tmp_path / "tiny-1.2.dist-info"
    record.mkdir()
    (record / "METADATA").write_text("Name: tiny\nVersion: 1.2\nLicense-Expression: MIT\n")
    assert list(parts.wheels(tmp_path)) == [parts.Part("library", "tiny", "1.2", "pypi", "MIT")]


def test_faces_are_those_of_the_folder(tmp_path):
    line = {"file": "a.otf", "licence": "OFL-1.1", "sha256": "cd" * 32}
    face = line | {"from": "fonts-x (Debian 13): A.ttc#2"}
    (tmp_path / "fonts.json").write_text(json.dumps({"faces": [face]}), encoding="utf-8")
    (found,) = parts.faces(tmp_path)
    assert found == parts.Part("font", "a.otf", "Debian 13", "", "OFL-1.1", "cd" * 32)
