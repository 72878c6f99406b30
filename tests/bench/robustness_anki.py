"""The campaign on Anki's package (.apkg): one collection exports, another imports.

    python -m tests.bench.robustness_anki FOLDER FLIPS KILLS

Run from the checkout's root by an interpreter that has anki.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.bench import campaign


def opened(file: Path) -> Any:
    return import_module("anki.collection").Collection(str(file))


def bring_in(collection: Any, package: Path) -> None:
    kit = import_module("anki.collection")
    options = kit.ImportAnkiPackageOptions(with_scheduling=True)
    collection.import_anki_package(
        kit.ImportAnkiPackageRequest(package_path=str(package), options=options)
    )


class Anki:
    look_every = 1

    def __init__(self, root: Path) -> None:
        self.file, self.package = root / "receiver.anki2", root / "offered.apkg"
        self.copies = {"empty": root / "empty.anki2", "first": root / "first.anki2"}
        self.first, self.second = self._send(root / "sender.anki2", root / "out.apkg")
        self.collection = opened(self.file)
        self._keep("empty")
        if not self.take(self.first):
            raise SystemExit("the first package was refused")
        self._keep("first")

    def _send(self, file: Path, out: Path) -> tuple[bytes, bytes]:
        sender = opened(file)
        kind, deck = sender.models.by_name("Basic"), sender.decks.id("台账")
        kit = import_module("anki.collection")

        def export() -> bytes:
            options = kit.ExportAnkiPackageOptions(with_scheduling=True)
            sender.export_anki_package(out_path=str(out), options=options, limit=None)
            return out.read_bytes()

        def add(name: str, phone: str) -> None:
            note = sender.new_note(kind)
            note["Front"], note["Back"] = name, phone
            sender.add_note(note, deck)

        for name, phone in campaign.FIRST.items():
            add(name, phone)
        # Its clock counts seconds: the first file is an hour older than the second.
        sender.db.execute("UPDATE notes SET mod = mod - 3600")
        first = export()
        for number in sender.find_notes(""):
            note = sender.get_note(number)
            if note["Back"] != campaign.SECOND[note["Front"]]:
                note["Back"] = campaign.SECOND[note["Front"]]
                sender.update_note(note)
        for name in campaign.SECOND.keys() - campaign.FIRST.keys():
            add(name, campaign.SECOND[name])
        second = export()
        sender.close()
        return first, second

    def _keep(self, state: str) -> None:
        self.collection.close()
        shutil.copy(self.file, self.copies[state])
        self.collection = opened(self.file)

    def _close(self) -> None:
        if self.collection is not None:
            self.collection.close()
        self.collection = None

    def reset(self, taken: str) -> None:
        self._close()
        for file in self.file.parent.glob("receiver.anki2*"):
            file.unlink()
        shutil.copy(self.copies[taken], self.file)
        self.collection = opened(self.file)

    def restore(self) -> None:
        self.reset("first")

    def take(self, blob: bytes) -> bool:
        self.package.write_bytes(blob)
        self._open()
        try:
            bring_in(self.collection, self.package)
        except Exception:
            # Whatever Anki says no with; that nothing changed is looked at next.
            return False
        return True

    def _open(self) -> None:
        if self.collection is None:
            self.collection = opened(self.file)

    def rows(self) -> campaign.Rows:
        self._open()
        found: campaign.Rows = {}
        for fields in self.collection.db.list("SELECT flds FROM notes ORDER BY id"):
            campaign.put(found, *fields.split("\x1f")[:2])
        if self.collection.db.scalar("PRAGMA integrity_check") != "ok":
            found["damaged"] = ""
        return found

    def start(self, blob: bytes) -> subprocess.Popen[bytes]:
        self.package.write_bytes(blob)
        self._close()
        process = subprocess.Popen(
            [sys.executable, "-m", __spec__.name, "take", str(self.file), str(self.package)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert process.stdout is not None
        process.stdout.readline()
        return process


if __name__ == "__main__":
    if sys.argv[1] == "take":
        receiver = opened(Path(sys.argv[2]))
        print("ready", flush=True)
        bring_in(receiver, Path(sys.argv[3]))
        receiver.close()
    else:
        side = Anki(Path(sys.argv[1]))
        print(campaign.run(side, int(sys.argv[2]), int(sys.argv[3])).as_json())
