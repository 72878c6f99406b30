"""Where an office's rows lie: in the file of its data folder, or on the server that a small file names.

`database.json` holds the server's address with its password, sealed with the data key: whoever finds
the folder learns the server's name and nothing else. A database that was moved elsewhere says so
itself, so that nobody goes on writing into what was left behind.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from db import driver, durable, placement
from db.connection import KEY_BYTES, dialect, mode_for, open_file
from db.errors import Fault, Refusal, Trouble

#: The office's own file in its data folder.
DATABASE = "zhengyou.db"
FILE = "database.json"
_FORMAT = 1
_MOVED = (
    "CREATE TABLE IF NOT EXISTS moved"
    " (one INTEGER PRIMARY KEY CHECK (one = 1), at TEXT NOT NULL, target TEXT NOT NULL)"
)
_PURPOSE = b"zhengyou database address"


PORT = 5432
#: How the way to a server is guarded: libpq's word → what the person reads.
GUARDS = {
    "require": "必须加密",
    "verify-full": "必须加密，并核对服务器证书",
    "disable": "不加密（只用于单位内网试用）",
}


@dataclass(frozen=True, slots=True)
class Server:
    """What the server's administrator writes down for the office: where it is, who enters and how."""

    host: str
    database: str
    user: str
    password: str
    port: str = str(PORT)
    guard: str = "require"
    certificate: str = ""

    @classmethod
    def of(cls, url: str) -> Server:
        """The parts of an address, as somebody may have been given it whole."""
        parts = urlsplit(url.strip())
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        guard = options.get("sslmode", "require")
        return cls(
            options.get("host", parts.hostname or ""),
            unquote(parts.path.strip("/")),
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            str(parts.port or options.get("port", PORT)),
            guard if guard in GUARDS else "require",
            options.get("sslrootcert", ""),
        )

    def url(self) -> str:
        """The whole address; Refusal that names the fields in which something is missing."""
        faults = [*self._faults()]
        if faults:
            raise Refusal.of_faults(faults)
        options = {"sslmode": self.guard}
        if self.guard == "verify-full":
            options["sslrootcert"] = self.certificate
        host = self.host.strip()
        if host.startswith("/"):
            # The folder of a socket on this PC.
            options["host"], host = host, ""
        elif ":" in host:
            host = f"[{host}]"
        who = f"{quote(self.user.strip(), '')}:{quote(self.password, '')}"
        asked = "&".join(f"{name}={quote(value, '')}" for name, value in options.items())
        return (
            f"postgresql://{who}@{host}:{self.port.strip()}"
            f"/{quote(self.database.strip(), '')}?{asked}"
        )

    def _faults(self) -> Iterator[Fault]:
        for field, words in (
            ("host", "请填写服务器的名称或地址"),
            ("database", "请填写数据库名"),
            ("user", "请填写数据库用户"),
        ):
            if not getattr(self, field).strip():
                yield Fault(field, words)
        if not self.password:
            yield Fault("password", "请填写数据库口令")
        port = self.port.strip()
        if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            yield Fault("port", f"端口应为 1 至 65535 的数字，通常是 {PORT}")
        if self.guard == "verify-full":
            yield from self._certificate_faults()

    def _certificate_faults(self) -> Iterator[Fault]:
        file = Path(self.certificate)
        if not file.is_file():
            yield Fault("certificate", "请选择管理员给的证书文件")
        elif placement.kind(file.parent) == "removable":
            yield Fault("certificate", "证书文件每次连接都要用，请先复制到这台电脑里再选")
        elif os.name == "nt" and not self.certificate.isascii():
            # libpq looks for it by the narrow calls of Windows, which read its name as GBK.
            yield Fault(
                "certificate",
                "数据库的连接程序打不开名称里有汉字的文件夹，请把证书文件放到只有英文字母的地方，"
                "例如 C:\\zhengyou\\root.crt，再选一次",
            )


def is_server(place: str) -> bool:
    """Whether this names a database on a server rather than a folder."""
    return place.startswith(("postgresql://", "postgres://"))


def shown(url: str) -> str:
    """A server's address without who enters and how."""
    parts = urlsplit(url)
    return f"{parts.hostname or '本机'}/{parts.path.strip('/')}"


def write(folder: Path, key: bytes, url: str) -> None:
    """From now on the folder's rows are those on this server."""
    nonce = os.urandom(12)
    sealed = _cipher(key).encrypt(nonce, url.encode(), _PURPOSE)
    kept = {
        "format": _FORMAT,
        "where": shown(url),
        "nonce": base64.b64encode(nonce).decode(),
        "sealed": base64.b64encode(sealed).decode(),
    }
    durable.write_text(folder / FILE, json.dumps(kept, ensure_ascii=False, indent=1))


def read(folder: Path, key: bytes) -> str:
    """The server's address; "" when the rows lie in the folder itself."""
    from cryptography.exceptions import InvalidTag

    file = folder / FILE
    if not file.exists():
        return ""
    try:
        kept = json.loads(file.read_text("utf-8"))
        if kept["format"] > _FORMAT:
            raise Trouble("数据库地址是更新版本的程序写的。", "请先升级本机程序，数据没有变化。")
        nonce, sealed = (
            base64.b64decode(kept[name], validate=True) for name in ("nonce", "sealed")
        )
        return str(_cipher(key).decrypt(nonce, sealed, _PURPOSE), "utf-8")
    except (ValueError, KeyError, TypeError, InvalidTag) as error:
        raise Trouble(
            f"文件“{FILE}”已损坏，找不到数据库服务器。", "请从另一台电脑复制这个文件，或重新加入。"
        ) from error


def _cipher(key: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    own = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=_PURPOSE).derive(key)
    return AESGCM(own)


def open_server(url: str) -> Any:
    """Open a database on a server; its driver is loaded here and not before."""
    driver.load()
    from db.server import open_server

    return open_server(url)


def open_live(folder: Path, key: bytes) -> Any:
    """Open the office's own database, wherever it lies; raises as the opening of either kind does."""
    url = read(folder, key)
    if url:
        return open_server(url)
    return open_file(folder / DATABASE, key, mode=mode_for(folder))


def mark_moved(opened: Any, target: str) -> None:
    """Say in a database that its rows have gone to another one."""
    opened.execute_sql(dialect(opened).table(_MOVED))
    opened.execute_sql(
        "INSERT INTO moved VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE"
        " SET at = excluded.at, target = excluded.target",
        (datetime.now().isoformat(timespec="seconds"), target),
    )


def moved_to(opened: Any) -> tuple[str, str] | None:
    """When and whereto a database's rows have gone; None when they are here."""
    if "moved" not in dialect(opened).columns(opened):
        return None
    row = opened.execute_sql("SELECT at, target FROM moved").fetchone()
    return None if row is None else (str(row[0]), str(row[1]))


def require_here(opened: Any) -> None:
    """Trouble for a database that was moved elsewhere."""
    gone = moved_to(opened)
    if gone is not None:
        at, target = gone
        raise Trouble(
            f"这份数据已于 {at.replace('T', ' ')} 搬到“{target}”，这里的只留作底本，不再打开。",
            "请打开搬去的那一份；在别的电脑上，第一次打开程序时选“加入旗县已有的台账”。",
        )
