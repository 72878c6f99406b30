"""An update is laid beside the running program, tried there, and then switched to; or taken back.

Killed at any step, a start takes the old version or the new one, whole: the new tree gets its name only
when every file of it was compared, and the switch is one rename.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from db import durable, release
from db.errors import Refusal, Trouble
from desktop.updating import layout, package
from desktop.updating.layout import Program
from desktop.updating.package import Package, Progress

LAYING = ".laying"
MARGIN = 64 << 20
#: Starts a tree without a screen and returns when it has shown that it works; raises Trouble.
Trial = Callable[[Path, str], object]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an update would do, verified and found fit; nothing has been changed yet."""

    package: Package
    program: Program

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the person reads before it is done."""
        one = self.package
        big = f"{max(1, one.size >> 20):,} MB"
        return (
            f"升级包：{one.version} 版，{one.made[:10]} 由“{one.signer}”发布，签名有效。",
            f"本机现在是 {release.version()} 版。新版本占 {big}，和现在的不同之处才另占地方。",
            *((one.words,) if one.words else ()),
            "先备份并检验数据，再把新版本装在旁边、试运行，都没有问题才改用它；现在的版本留着，可以退回。",
        )


def plan(file: Path, schema: int, progress: Progress) -> Plan:
    """Verify a package and see whether it fits this program; `schema` is that of the data, 0 for none."""
    program = layout.installed()
    layout.require_writable(program)
    one = package.open_package(file, progress)
    require_fit(one, program, schema)
    return Plan(one, program)


def require_fit(one: Package, program: Program, schema: int) -> None:
    """Refuse, in words, a package for another system, one that is not newer, one that lacks files."""
    if one.platform != layout.this_platform():
        raise Refusal(
            f"这个升级包是给 {one.platform} 的，本机是 {layout.this_platform()}。请另取一个。"
        )
    if release.order(one.version) == release.order(release.version()):
        raise Refusal(f"本机已经是 {release.version()} 版，不用升级。")
    if release.order(one.version) < release.order(release.version()):
        raise Refusal(f"升级包是 {one.version} 版，比本机的 {release.version()} 版旧，没有升级。")
    if one.schema < schema:
        raise Refusal("升级包里的程序读不了本机现在的数据，没有升级。请另取更新的升级包。")
    missing = [part for part in one.parts if not part.carried and _has(program, part) is None]
    if missing:
        raise Refusal(
            f"这个升级包不是完整的，只能从较近的版本升级（本机缺 {len(missing)} 个文件）。"
            "请另取完整的升级包，或用新版安装程序。"
        )


def _has(program: Program, part: package.Part) -> Path | None:
    file = program.running / part.path
    return file if file.is_file() and file.stat().st_size == part.size else None


def carry_out(made: Plan, trial: Trial, progress: Progress) -> None:
    """Lay the new version beside, try it, switch to it. Raises Refusal or Trouble; then all is as before."""
    one, program = made.package, made.program
    with _in_words(program):
        program.versions.mkdir(exist_ok=True)
        program.sweep()
        _require_room(program, one)
        tree = program.versions / one.version
        part_way = program.versions / (one.version + LAYING)
        try:
            _lay(one, program, part_way, progress)
            shutil.rmtree(tree, ignore_errors=True)
            durable.replace(part_way, tree)
            progress(9, 10, "试运行新版本")
            trial(tree, one.version)
        except BaseException:
            for place in (part_way, tree):
                shutil.rmtree(place, ignore_errors=True)
            raise
        now, _ = program.chosen()
        program.switch(one.version, now)
        program.sweep()


@contextmanager
def _in_words(program: Program) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Trouble(
            "没有升级，程序和数据都没有变化。",
            f"请检查“{program.root}”所在磁盘的空间和读写权限，以及U盘是否还插着。",
        ) from error


def _require_room(program: Program, one: Package) -> None:
    wanted = sum(part.size for part in one.parts if part.carried) + MARGIN
    if shutil.disk_usage(program.root).free < wanted:
        raise Refusal(f"磁盘空间不足：装新版本还需要 {wanted >> 20} MB。请清理后再升级，没有改动。")


def _lay(one: Package, program: Program, part_way: Path, progress: Progress) -> None:
    """Write the whole new tree under a name that nothing starts, every file compared."""
    total = len(one.parts)
    for done, (part, pieces) in enumerate(_sources(one)):
        target = part_way / part.path
        target.parent.mkdir(parents=True, exist_ok=True)
        _place(part, pieces, program, target)
        progress(done * 9 // (total + 1), 10, "装新版本")
    durable.write_text(part_way / layout.MANIFEST, one.manifest.decode("utf-8"))
    _to_disk(part_way)


def _sources(one: Package) -> Iterator[tuple[package.Part, Iterator[bytes] | None]]:
    yield from package.carried(one)
    for part in one.parts:
        if not part.carried:
            yield part, None


def _place(
    part: package.Part, pieces: Iterator[bytes] | None, program: Program, target: Path
) -> None:
    """One file of the new tree; what the running tree has alike becomes a second name of it."""
    here = _has(program, part)
    if here is not None and package.digest(here) == part.digest and _runs(here) == part.runs:
        for _ in pieces or ():
            continue
        _second_name(here, target)
        return
    if pieces is None:
        if here is None or package.digest(here) != part.digest:
            raise Refusal(
                f"本机程序的“{part.path}”和发布的不一样，这个小升级包用不了。"
                "请另取完整的升级包，或用新版安装程序。"
            )
        shutil.copyfile(here, target)
    else:
        digest = hashlib.sha256()
        with target.open("wb") as file:
            for piece in pieces:
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        if digest.hexdigest() != part.digest:
            raise Refusal("U盘上的升级包读回来和签名的不一样。没有升级，请重新拷贝。")
    target.chmod(0o755 if part.runs else 0o644)


def _runs(file: Path) -> bool:
    return os.name == "nt" or bool(file.stat().st_mode & 0o100)


def _second_name(file: Path, target: Path) -> None:
    try:
        os.link(file, target)
    except OSError:
        shutil.copy2(file, target)


def _to_disk(tree: Path) -> None:
    """Bring the names of the new tree to the disk; its files are there already."""
    for place in (tree, *(each for each in tree.rglob("*") if each.is_dir())):
        durable.sync_folder(place)


def take_back(program: Program, schema: int) -> str:
    """Switch to the version before, which stays what it was; returns its version.

    `schema` is that of the data; refuses when the older program could not read it.
    """
    layout.require_writable(program)
    tree = program.before()
    if tree is None:
        raise Refusal("没有可以退回的版本。")
    if layout.schema_of(tree) < schema:
        raise Refusal("上一版读不了现在的数据，没有退回。请先恢复升级前的备份。")
    now, before = program.chosen()
    with _in_words(program):
        program.switch(before, now)
    return release.stated(tree / "app")
