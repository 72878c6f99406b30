"""The way to a county's server: encrypted, and only to the server whose certificate was checked."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from db import office as offices
from db import prospect
from db.address import Server
from db.connection import database
from db.errors import Refusal
from tests import postgres
from tests.conftest import PASSPHRASE


class Authority:
    """The county's own certificate authority, as an administrator makes one."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "旗委机房")])
        self._name = name
        made = _begun(name, name, self._key, timedelta(days=30))
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.certificate = _pem(made.sign(self._key, hashes.SHA256()))

    def server(self, host: str, lasts: timedelta) -> tuple[bytes, bytes]:
        """The certificate and the key of a server of this name."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        made = _begun(name, self._name, key, lasts)
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        made = made.add_extension(names, critical=False)
        return _pem(made.sign(self._key, hashes.SHA256())), key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


def _begun(
    name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, lasts: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + lasts)
    )


def _pem(made: x509.Certificate) -> bytes:
    return made.public_bytes(serialization.Encoding.PEM)


@contextmanager
def server(
    folder: Path, *, name: str = "localhost", days: int = 30, guarded: bool = True
) -> Iterator[Server]:
    """A running server, as its administrator writes it down for the office."""
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed; installers/bootstrap.py test installs it")
    authority = Authority()
    certificate, key = authority.server(name, timedelta(days=days))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    settings = {"listen_addresses": "127.0.0.1", "port": port, "ssl": "on" if guarded else "off"}
    root = folder / "机房证书.crt"
    root.write_bytes(authority.certificate)
    with postgres.cluster(settings, {"server.crt": certificate, "server.key": key}):
        yield Server("localhost", "postgres", "clerk", "a secret?", port, "verify-full", str(root))


def test_the_office_works_over_a_checked_and_encrypted_way_and_no_other(tmp_path: Path) -> None:
    with server(tmp_path) as paper:
        try:
            offices.new_office(
                tmp_path / "one", "150823", "乌拉特前旗", "county", "甲", PASSPHRASE,
                server=paper.url(),
            )  # fmt: skip
            ways = "SELECT DISTINCT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
            assert database.execute_sql(ways).fetchall() == [(True,)]
        finally:
            offices.close_office()
        assert prospect.look(paper.url()).name == "乌拉特前旗"
        other = tmp_path / "别处的证书.crt"
        other.write_bytes(Authority().certificate)
        with pytest.raises(Refusal, match="证书核对不上"):
            prospect.look(replace(paper, certificate=str(other)).url())
        # The certificate names the server, not its number in the network.
        with pytest.raises(Refusal, match="证书核对不上"):
            prospect.look(replace(paper, host="127.0.0.1").url())


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "shuju.wulate.invalid"}, "证书核对不上"),
        ({"days": -1}, "证书核对不上"),
        ({"guarded": False}, "没有开加密传输"),
    ],
    ids=["of another server", "run out", "none at all"],
)
def test_a_server_that_does_not_prove_itself_gets_no_password(
    tmp_path: Path, wrong: dict[str, Any], words: str
) -> None:
    with server(tmp_path, **wrong) as paper, pytest.raises(Refusal, match=words):
        prospect.look(paper.url())
