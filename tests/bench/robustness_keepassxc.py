"""The campaign on KeePassXC's merge: the sender's database file is merged into the receiver's.

python -m tests.bench.robustness_keepassxc FOLDER FLIPS KILLS
"""

from __future__ import annotations

import base64
import csv
import io
import shutil
import subprocess
import sys
from pathlib import Path
from xml.sax.saxutils import escape

from tests.bench import campaign

PASSWORD = "测量"
#: What the key derivation is tuned to, the least the program allows.
DERIVATION = "100"


def uuid(number: int) -> str:
    return base64.b64encode(number.to_bytes(16, "big")).decode()


def cli(*arguments: str, said: str = PASSWORD + "\n") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["keepassxc-cli", *arguments], input=said, capture_output=True, text=True, timeout=120
    )


def made(rows: campaign.Rows, changed: str, file: Path) -> Path:
    """A database of these rows; those not as at first bear a later time."""
    entries = []
    for number, (name, phone) in enumerate(rows.items(), 1000):
        when = "2026-01-01T00:00:00Z" if campaign.FIRST.get(name) == phone else changed
        entries.append(
            f"<Entry><UUID>{uuid(number)}</UUID><Times><CreationTime>2026-01-01T00:00:00Z"
            f"</CreationTime><LastModificationTime>{when}</LastModificationTime></Times>"
            f"<String><Key>Title</Key><Value>{escape(name)}</Value></String>"
            f"<String><Key>UserName</Key><Value>{phone}</Value></String></Entry>"
        )
    xml = file.with_suffix(".xml")
    xml.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><KeePassFile><Meta><Generator>bench</Generator>'
        f"</Meta><Root><Group><UUID>{uuid(7)}</UUID><Name>Root</Name>{''.join(entries)}</Group>"
        "</Root></KeePassFile>",
        encoding="utf-8",
    )
    cli(
        "import", "-p", "-t", DERIVATION, str(xml), str(file), said=f"{PASSWORD}\n{PASSWORD}\n"
    ).check_returncode()
    return file


class KeePassXC:
    look_every = 1

    def __init__(self, root: Path) -> None:
        self.file, self.offered = root / "receiver.kdbx", root / "offered.kdbx"
        self.first = made(campaign.FIRST, "", root / "one.kdbx").read_bytes()
        self.second = made(campaign.SECOND, "2026-02-01T00:00:00Z", root / "two.kdbx").read_bytes()
        self.copies = {"empty": made({}, "", root / "empty.kdbx"), "first": root / "first.kdbx"}
        self.known: dict[bytes, campaign.Rows] = {}
        self.reset("empty")
        if not self.take(self.first):
            raise SystemExit("the first file was refused")
        shutil.copy(self.file, self.copies["first"])

    def reset(self, taken: str) -> None:
        shutil.copy(self.copies[taken], self.file)

    def restore(self) -> None:
        self.reset("first")

    def take(self, blob: bytes) -> bool:
        self.offered.write_bytes(blob)
        return cli("merge", "-q", "-s", str(self.file), str(self.offered)).returncode == 0

    def rows(self) -> campaign.Rows:
        """Asked of the program once for each content its file has had."""
        now = self.file.read_bytes()
        if now not in self.known:
            done = cli("export", "-q", "-f", "csv", str(self.file))
            done.check_returncode()
            found: campaign.Rows = {}
            for row in csv.DictReader(io.StringIO(done.stdout)):
                campaign.put(found, row["Title"], row["Username"])
            self.known[now] = found
        return self.known[now]

    def start(self, blob: bytes) -> subprocess.Popen[bytes]:
        self.offered.write_bytes(blob)
        process = subprocess.Popen(
            ["keepassxc-cli", "merge", "-q", "-s", str(self.file), str(self.offered)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert process.stdin is not None
        process.stdin.write((PASSWORD + "\n").encode())
        process.stdin.close()
        process.stdin = None
        return process


if __name__ == "__main__":
    side = KeePassXC(Path(sys.argv[1]))
    print(campaign.run(side, int(sys.argv[2]), int(sys.argv[3])).as_json())
