"""A real PostgreSQL cluster for the tests: in a temporary folder, over a socket only, gone at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

#: Where Debian and others keep what is not on the path.
_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")
#: Rows that every prepared database has.
_STAYS = frozenset({"context", "server_schema"})
#: Tests need no durability, and a hundred small databases no large buffers.
_QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "autovacuum": "off",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "1h",
}


def programs() -> Path | None:
    """The folder of initdb and pg_ctl; None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found and (Path(found).resolve().parent / "postgres").exists():
        return Path(found).resolve().parent
    for pattern in _PLACES:
        for folder in sorted(Path("/").glob(pattern[1:]), reverse=True):
            if (folder / "initdb").exists() and (folder / "postgres").exists():
                return folder
    return None


class Cluster:
    """A running server; each test takes a database of its own from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0
        self._template = ""
        self._tables: list[tuple[str, str]] = []
        self._shape: list[tuple[str, ...]] = []
        self._pool: list[str] = []

    def url(self, name: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://clerk:a%20secret%3F@/{name}?host={self.folder}"

    def run(self, *statements: str, name: str = "postgres") -> None:
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[arg-type,unused-ignore]

    def fresh(self, template: str = "template0") -> str:
        """The address of a new database, empty or a copy of another one."""
        self._count += 1
        name = f"office{self._count}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def prepared(self) -> str:
        """The address of a database with the program's tables in it and nothing else."""
        if self._pool:
            return self._pool.pop()
        if not self._template:
            self._template = "prepared"
            self.run(f"CREATE DATABASE {self._template} TEMPLATE template0 ENCODING 'UTF8'")
            _make_tables(self.url(self._template))
            self._tables = self._made(self._template)
            self._shape = self._shape_of(self._template)
        return self.fresh(self._template)

    def give_back(self, url: str) -> None:
        """Empty a database for the next test, which is quicker than to make one; else drop it."""
        name = _name(url)
        if self._shape_of(name) != self._shape:
            self.drop(url)
            return
        others = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        wipe = [
            f'DELETE FROM "{table}"'
            for kind, table in self._tables
            if kind == "r" and table not in _STAYS
        ]
        again = [f'ALTER SEQUENCE "{each}" RESTART' for kind, each in self._tables if kind == "S"]
        self.run(others)
        self.run("SET session_replication_role = replica; " + "; ".join([*wipe, *again]), name=name)
        self._pool.append(url)

    def _made(self, name: str) -> list[tuple[str, str]]:
        with psycopg.connect(self.url(name)) as connection:
            return connection.execute(
                "SELECT relkind::text, relname FROM pg_class"
                " WHERE relnamespace = 'public'::regnamespace ORDER BY 2"
            ).fetchall()

    def _shape_of(self, name: str) -> list[tuple[str, ...]]:
        """Every column with its type, every index, every trigger: what a test may have changed."""
        with psycopg.connect(self.url(name)) as connection:
            return connection.execute(
                "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)"
                " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
                " WHERE c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped"
                " UNION ALL SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)"
                " FROM pg_trigger WHERE NOT tgisinternal"
                " UNION ALL SELECT 'server_schema', 'number', number::text FROM server_schema"
                " ORDER BY 1, 2"
            ).fetchall()

    def drop(self, url: str) -> None:
        """Take a database away, whoever is still connected."""
        self.run(f"DROP DATABASE IF EXISTS {_name(url)} WITH (FORCE)")


def _name(url: str) -> str:
    return url.split("/")[3].partition("?")[0]


def _make_tables(url: str) -> None:
    from db import connection, drafts, identity, migrations
    from db.address import open_server
    from db.dialect import postgres

    connection.attach(open_server(url))
    try:
        migrations.found()
        for statement in (identity.TABLE, identity.SEAT, drafts.TABLE):
            connection.database.execute_sql(postgres.table(statement))
    finally:
        connection.detach()


def _as_server(command: list[str]) -> None:
    """PostgreSQL refuses to be run by root: then by the nobody of this system."""
    prefix = []
    if os.geteuid() == 0:
        prefix = ["setpriv", f"--reuid={_owner()}", "--clear-groups", "--"]
    subprocess.run([*prefix, *command], check=True, stdout=subprocess.DEVNULL, cwd="/")


def _lay_for_server(file: Path, content: bytes) -> None:
    """A file that the server alone may read, as it demands of a key."""
    file.write_bytes(content)
    file.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(file, _owner(), -1)


def _owner() -> int:
    import pwd  # Windows has none, and no cluster either

    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise RuntimeError("no user to run a server as")


@contextmanager
def cluster(
    settings: Mapping[str, str] | None = None, files: Mapping[str, bytes] | None = None
) -> Iterator[Cluster]:
    """Start a server in a folder of its own, with further settings and files, and stop it at the end."""
    binaries = programs()
    assert binaries is not None
    # A socket's name may have 107 bytes: a test's own folder is too deep for it.
    folder = Path(tempfile.mkdtemp(prefix="zypg"))
    if os.geteuid() == 0:
        os.chown(folder, _owner(), -1)
    data, secret = folder / "data", folder / "secret"
    secret.write_text("a secret?")
    secret.chmod(0o644)
    wanted = {**_QUICK, "listen_addresses": "''", **(settings or {})}
    options = " ".join(f"-c {name}={value}" for name, value in wanted.items())
    try:
        _as_server(
            [
                str(binaries / "initdb"), "-D", str(data), "-U", "clerk", "-A", "scram-sha-256",
                "--pwfile", str(secret), "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
            ]
        )  # fmt: skip
        for name, content in (files or {}).items():
            _lay_for_server(data / name, content)
        start = f"-k {folder} {options}"
        _as_server(
            [
                str(binaries / "pg_ctl"), "-D", str(data), "-l", str(data / "log"), "-w", "-o", start,
                "start",
            ]
        )  # fmt: skip
        try:
            yield Cluster(folder)
        finally:
            _as_server([str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
