"""The campaign on git bundles: one repository bundles its branch, another fetches it.

python -m tests.bench.robustness_git FOLDER FLIPS KILLS
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from tests.bench import campaign

IDENTITY = ("-c", "user.name=bench", "-c", "user.email=bench@example.invalid")
FETCH = ("fetch", "-q", "--no-tags")


def git(place: Path, *arguments: str) -> bytes:
    return subprocess.run(
        ["git", "-C", str(place), *IDENTITY, *arguments], capture_output=True, check=True
    ).stdout


class Git:
    look_every = 1

    def __init__(self, root: Path) -> None:
        self.place, self.bundle = root / "receiver.git", root / "offered.bundle"
        self.copies = {"empty": root / "empty.git", "first": root / "first.git"}
        self.known: dict[bytes, campaign.Rows] = {}
        self.first, self.second = self._send(root / "sender", root / "out.bundle")
        subprocess.run(
            ["git", "init", "-q", "--bare", "--template=", str(self.copies["empty"])], check=True
        )
        self.reset("empty")
        if not self.take(self.first):
            raise SystemExit("the first bundle was refused")
        shutil.copytree(self.place, self.copies["first"])

    def _send(self, sender: Path, out: Path) -> tuple[bytes, bytes]:
        subprocess.run(["git", "init", "-q", "-b", "main", str(sender)], check=True)

        def commit(rows: campaign.Rows, *told: str) -> bytes:
            for name, phone in rows.items():
                (sender / name).write_text(phone, encoding="utf-8")
            git(sender, "add", "-A")
            git(sender, "commit", "-q", "-m", "month")
            git(sender, "bundle", "create", "-q", str(out), *told)
            return out.read_bytes()

        return commit(campaign.FIRST, "main"), commit(campaign.SECOND, "main~1..main")

    def reset(self, taken: str) -> None:
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.copytree(self.copies[taken], self.place)

    def restore(self) -> None:
        self.reset("first")

    def _command(self) -> list[str]:
        return ["git", "-C", str(self.place), *FETCH, str(self.bundle), "main:main"]

    def take(self, blob: bytes) -> bool:
        self.bundle.write_bytes(blob)
        return subprocess.run(self._command(), capture_output=True).returncode == 0

    def rows(self) -> campaign.Rows:
        """Checked each time, read out once for each commit the branch has been at."""
        if subprocess.run(["git", "-C", str(self.place), "fsck"], capture_output=True).returncode:
            return {"damaged": ""}
        names = git(self.place, "for-each-ref")
        found: campaign.Rows = {}
        if names not in self.known:
            with tarfile.open(fileobj=io.BytesIO(git(self.place, "archive", "main"))) as tar:
                for each in tar.getmembers():
                    inside = tar.extractfile(each)
                    if inside is not None:
                        campaign.put(found, each.name, inside.read().decode())
            self.known[names] = found
        return self.known[names]

    def start(self, blob: bytes) -> subprocess.Popen[bytes]:
        self.bundle.write_bytes(blob)
        return subprocess.Popen(
            self._command(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


if __name__ == "__main__":
    side = Git(Path(sys.argv[1]))
    print(campaign.run(side, int(sys.argv[2]), int(sys.argv[3])).as_json())
