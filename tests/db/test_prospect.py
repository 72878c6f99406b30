"""What a server shows before anything is made there, and why it may not let us in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import entry, prospect, resettling
from db import office as offices
from db.address import Server
from db.connection import database
from db.errors import Refusal, Trouble
from tests.conftest import PASSPHRASE
from tests.postgres import Cluster


def found(folder: Path, url: str = "") -> None:
    offices.new_office(folder, "150823", "乌拉特前旗", "county", "甲", PASSPHRASE, server=url)


def test_an_empty_database_an_office_one_that_moved_away_and_foreign_tables(
    tmp_path: Path, url: str, cluster: Cluster
) -> None:
    assert prospect.look(url).state == "empty"
    with pytest.raises(Refusal, match="还没有台账"):
        prospect.look(url).require_office()
    found(tmp_path / "one", url)
    seen = prospect.look(url)
    assert (seen.state, seen.name, [name for _, name in seen.people]) == (
        "office",
        "乌拉特前旗",
        ["甲"],
    )
    with pytest.raises(Refusal, match="乌拉特前旗"):
        seen.require_empty()
    resettling.to_file(tmp_path / "one", offices.current().key)
    gone = prospect.look(url)
    assert gone.state == "gone"
    for refuses in (gone.require_empty, gone.require_office):
        with pytest.raises(Refusal, match="搬走"):
            refuses()
    theirs = cluster.fresh()
    cluster.run("CREATE TABLE theirs (a BIGINT)", name=theirs.split("/")[3].partition("?")[0])
    with pytest.raises(Refusal, match="别的表"):
        prospect.look(theirs).require_empty()
    cluster.drop(theirs)


def test_looking_leaves_nothing_behind(url: str) -> None:
    from db.address import open_server

    prospect.look(url)
    opened = open_server(url)
    assert opened.dialect.columns(opened) == {}
    opened.close_everywhere()


def test_a_newer_program_s_office_is_not_entered_by_an_older_one(tmp_path: Path, url: str) -> None:
    found(tmp_path / "one", url)
    database.execute_sql("UPDATE server_schema SET number = 9999")
    offices.close_office()
    with pytest.raises(Trouble, match="更新版本"):
        prospect.look(url)
    with pytest.raises(Trouble, match="更新版本"):
        offices.join_office(tmp_path / "two", url, PASSPHRASE)
    assert not offices.exists(tmp_path / "two")


def test_a_user_without_rights_and_another_character_set_are_said_in_words(
    url: str, cluster: Cluster
) -> None:
    cluster.run("DROP ROLE IF EXISTS guest", "CREATE ROLE guest LOGIN PASSWORD 'a secret?'")
    with pytest.raises(Refusal, match="权限"):
        prospect.look(url.replace("clerk:", "guest:"))
    cluster.run("DROP DATABASE IF EXISTS latin")
    cluster.run(
        "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'"
    )
    with pytest.raises(Refusal, match="LATIN1"):
        prospect.look(cluster.url("latin"))
    cluster.run("DROP DATABASE latin")


@pytest.mark.parametrize(
    ("wrong", "kind", "words"),
    [
        (("a%20secret%3F", "other"), Refusal, "用户名或口令"),
        (("/office", "/nosuch"), Refusal, "没有这个数据库"),
        (("host=/", "host=/nowhere/"), Trouble, "连不上"),
        (("@/", "@127.0.0.1:1/"), Trouble, "没有数据库在工作"),
        (("@/", "@no.such.host.invalid/"), Trouble, "找不到这个服务器"),
    ],
)
def test_why_a_server_is_not_entered(
    url: str, wrong: tuple[str, str], kind: type[Exception], words: str
) -> None:
    bad = url.replace(*wrong)
    if "@/" not in bad:
        bad = bad.partition("?")[0]
    with pytest.raises(kind, match=words) as told:
        prospect.look(bad)
    assert "secret" not in str(told.value)
    assert "没有" in str(told.value) or "请" in str(told.value)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('FATAL:  password authentication failed for user "z"', "用户名或口令"),
        ('致命错误:  用户 "z" Password 认证失败', "用户名或口令"),
        ('致命错误:  数据库 "z" 不存在', "没有这个数据库"),
        ('FATAL:  no pg_hba.conf entry for host "10.0.8.9", user "z", database "z", no encryption',
         "放行"),
        ('致命错误:  没有用于主机 "10.0.8.9", 用户 "z", 数据库 "z", SSL 关闭 的 pg_hba.conf 记录', "放行"),
        ("对不起, 已经有太多的客户", "连接的电脑太多"),
        ("FATAL:  the database system is starting up", "正在启动"),
        ("server does not support SSL, but SSL was required", "加密传输"),
        ('root certificate file "/x/root.crt" does not exist', "证书"),
        ("connection timeout expired", "没有回应"),
        ("something nobody has ever read", "连不上"),
    ],
)  # fmt: skip
def test_a_server_s_own_words_in_either_language(said: str, words: str) -> None:
    told = entry.refused(psycopg.OperationalError(said))
    assert words in str(told)
    assert "10.0.8.9" not in str(told)


SERVER = Server("10.0.8.5", "zhengyou", "zhengyou", "a secret?")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", " "),
        ("port", "0"),
        ("port", "54x"),
        ("database", ""),
        ("user", ""),
        ("password", ""),
    ],
)
def test_what_is_missing_on_the_paper_is_named(field: str, value: str) -> None:
    with pytest.raises(Refusal) as told:
        replace(SERVER, **{field: value}).url()
    assert [fault.field for fault in told.value.faults] == [field]


def test_a_certificate_must_be_there(tmp_path: Path) -> None:
    strict = replace(SERVER, guard="verify-full", certificate=str(tmp_path / "none.crt"))
    with pytest.raises(Refusal, match="证书"):
        strict.url()
    (tmp_path / "root.crt").write_text("x")
    kept = replace(strict, certificate=str(tmp_path / "root.crt"))
    assert Server.of(kept.url()) == kept


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(
    lambda text: text == text.strip()
)


@given(words, words, words, st.integers(1, 65535), st.sampled_from(["require", "disable"]))
def test_what_was_typed_is_what_the_server_is_asked(
    name: str, user: str, password: str, port: int, guard: str
) -> None:
    """Whatever signs a password has, the driver reads it as it was typed."""
    from psycopg.conninfo import conninfo_to_dict

    for host in ("10.0.8.5", "db.example.cn", "fe80::1", "/run/postgresql"):
        typed = Server(host, name.strip("/") or "z", user, password, str(port), guard)
        asked = conninfo_to_dict(typed.url())
        assert (asked["host"], asked["dbname"], asked["user"], asked["password"]) == (
            host,
            typed.database,
            user,
            password,
        )
        assert (int(asked["port"]), asked["sslmode"]) == (port, guard)
        assert Server.of(typed.url()) == typed


def test_a_server_that_is_gone_for_good_comes_back_from_a_pc_s_backup(
    tmp_path: Path, url: str, cluster: Cluster
) -> None:
    """As docs/postgresql.md says it."""
    import shutil

    from db import backup
    from db.registers.organization import Organization
    from tests.factories import make

    found(tmp_path / "one", url)
    make(Organization, name="机关支部", kind="branch")
    copy = backup.snapshot(tmp_path / "one", offices.current().key)
    offices.close_office()
    cluster.drop(url)
    with pytest.raises(Refusal, match="没有这个数据库"):
        offices.open_office(tmp_path / "one", PASSPHRASE)
    again = tmp_path / "again"
    again.mkdir()
    shutil.copy2(tmp_path / "one" / "vault.json", again)
    shutil.copytree(tmp_path / "one" / "backups", again / "backups")
    offices.rescue(again, PASSPHRASE, copy.file.name)
    fresh = cluster.fresh()
    resettling.to_server(again, offices.current().key, fresh)
    assert [one.name for one in Organization.living()] == ["机关支部"]
    offices.close_office()
    cluster.drop(fresh)


def test_windows_needs_a_certificate_s_place_without_chinese_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "证书.crt"
    file.write_text("x")
    strict = replace(SERVER, guard="verify-full", certificate=str(file))
    monkeypatch.setattr("db.address.os", SimpleNamespace(name="nt"))
    with pytest.raises(Refusal) as told:
        strict.url()
    assert [fault.field for fault in told.value.faults] == ["certificate"]
