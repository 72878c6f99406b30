"""Pack the folder as .deb: in the layout of Debian and Kylin, and in that of UOS.

Neither has a maintainer script: Debian's own triggers refresh menus and kinds of files, and UOS
publishes ``entries/`` itself. So nothing runs as root, and nothing could touch an office's ledgers.
Both bear one package name: a machine has one or the other.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

from linux.entry import APPID, HOME, publish, write
from linux.processor import Processor

CONTROL = """\
Package: {appid}
Version: {version}
Architecture: {processor}
Maintainer: Zhengyou <maintainers@zhengyou.invalid>
Installed-Size: {size}
Recommends: shared-mime-info, xdg-utils, xkb-data
Section: misc
Priority: optional
Description: 争优台账
 The ledgers of a rural township's Party office: organizations and members,
 star ratings, commendations. Carries all it needs; works without a network.
"""
INFO = {
    "appid": APPID,
    "name": "争优台账",
    "permissions": {
        "autostart": False,
        "notification": False,
        "trayicon": False,
        "clipboard": True,
        "account": False,
        "bluetooth": False,
        "camera": False,
        "audio_record": False,
        "installed_apps": False,
    },
}


def lay_files(files: Path, stage: Path) -> None:
    """Put the folder in place by links: 300 MB need not be copied for each form."""
    shutil.rmtree(stage, ignore_errors=True)
    shutil.copytree(files, stage / HOME / "files", copy_function=os.link, symlinks=True)


def debian(
    files: Path, stage: Path, into: Path, version: str, kind: Processor, *, quick: bool = False
) -> Path:
    """Build the .deb for Debian and Kylin; return it."""
    lay_files(files, stage)
    publish(stage / "usr" / "share")
    (stage / "usr" / "bin").mkdir(parents=True)
    (stage / "usr" / "bin" / "zhengyou").symlink_to(f"/{HOME}/files/bin/zhengyou")
    licences = stage / "usr" / "share" / "doc" / APPID / "copyright"
    write(licences, (files / "LICENSES" / "LICENSES.md").read_text(encoding="utf-8"))
    package = into / f"zhengyou_{version}_debian_{kind.debian}.deb"
    return pack(stage, package, version, kind, quick)


def uos(
    files: Path, stage: Path, into: Path, version: str, kind: Processor, *, quick: bool = False
) -> Path:
    """Build the .deb in the layout of the UOS store; return it."""
    lay_files(files, stage)
    publish(stage / HOME / "entries")
    said = json.dumps(
        INFO | {"version": version, "arch": [kind.debian]}, ensure_ascii=False, indent=2
    )
    write(stage / HOME / "info", said + "\n")
    package = into / f"zhengyou_{version}_uos_{kind.debian}.deb"
    return pack(stage, package, version, kind, quick)


def pack(stage: Path, package: Path, version: str, kind: Processor, quick: bool) -> Path:
    """Write control and sums and pack the stage; SOURCE_DATE_EPOCH is the time of every file."""
    moment = int(os.environ["SOURCE_DATE_EPOCH"])
    paths = sorted(path for path in stage.rglob("*") if path.is_file() and not path.is_symlink())
    size = sum(path.stat().st_size // 1024 + 1 for path in paths)
    sums = [
        f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(stage)}\n"
        for path in paths
    ]
    control = CONTROL.format(appid=APPID, processor=kind.debian, version=version, size=size)
    write(stage / "DEBIAN" / "control", control)
    write(stage / "DEBIAN" / "md5sums", "".join(sums))
    for path in [stage, *stage.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
        os.utime(path, (moment, moment), follow_symlinks=False)
    packing = ["-Zgzip", "-z1"] if quick else ["-Zxz", "-z6", "--threads-max=2"]
    command = ["dpkg-deb", "--root-owner-group", *packing]
    subprocess.run([*command, "--build", str(stage), str(package)], check=True)
    shutil.rmtree(stage)
    return package
