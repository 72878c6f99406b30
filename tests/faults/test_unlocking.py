"""The vault: wrong tries, a damaged or lost key file, and who can unlock after people come and go."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from db import access, unlocking, vault
from db import office as offices
from db.errors import Refusal, Trouble
from tests.conftest import PASSPHRASE
from tests.factories import make
from tests.faults.conftest import reopen, sound


def test_row_59_a_thousand_wrong_tries_change_nothing_and_wait_longer_and_longer(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(vault, "_now", lambda: clock[0])
    before = {f: f.read_bytes() for f in folder.rglob("*") if f.is_file()}
    waited = 0
    for number in range(1000):
        with pytest.raises(Refusal) as caught:
            offices.open_office(folder, f"第{number}个错误的口令")
        assert f"第{number}个" not in caught.value.message
        if "请等" in caught.value.message:
            waited += 1
            clock[0] += 7
    assert waited > 900
    with pytest.raises(Refusal, match="请等"):
        offices.open_office(folder, PASSPHRASE)
    clock[0] += vault.LONGEST_WAIT
    assert {f: f.read_bytes() for f in folder.rglob("*") if f.is_file()} == before
    assert offices.open_office(folder, PASSPHRASE).name == "管理员"
    printed = capfd.readouterr()
    assert "错误的口令" not in printed.out + printed.err


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "null",
        "[]",
        "{}",
        '{"format": 1}',
        '{"format": 1, "slots": [{}]}',
        '{"format": 1, "slots": [{"person": 1, "name": "张三", "cost": {"memory": 99999999,'
        ' "iterations": 1, "lanes": 1}, "salt": "", "nonce": "", "sealed": ""}]}',
    ],
)
def test_a_damaged_vault_says_where_its_copy_is(backed_up: Path, content: str) -> None:
    (backed_up / "vault.json").write_text(content, "utf-8")
    with pytest.raises(Trouble, match=r"\.vault"):
        reopen(backed_up)
    newest = max((backed_up / "backups").glob("*.vault"))
    shutil.copy(newest, backed_up / "vault.json")
    reopen(backed_up)
    sound()


def test_a_lost_vault_never_costs_the_data(backed_up: Path) -> None:
    """Founding a new office over data whose key file is gone would destroy it."""
    kept = (backed_up / "zhengyou.db").read_bytes()
    (backed_up / "vault.json").unlink()
    with pytest.raises(Trouble, match="钥匙文件"):
        reopen(backed_up)
    with pytest.raises(Refusal, match="已经有"):
        offices.new_office(backed_up, "150823101", "某苏木", "township", "张三", PASSPHRASE)
    assert (backed_up / "zhengyou.db").read_bytes() == kept


def test_whoever_came_in_by_the_recovery_sheet_keeps_it_and_gives_new_passphrases(
    tmp_path: Path,
) -> None:
    place = tmp_path / "office"
    code = offices.new_office(place, "150823101", "某苏木", "township", "张三", PASSPHRASE)
    account = access.acting().id
    offices.close_office()
    offices.open_office(place, code)
    with pytest.raises(Refusal, match="恢复单"):
        unlocking.change_passphrase(code, "另外一句口令")
    unlocking.give_passphrase(account, "另外一句口令")
    fresh = unlocking.renew_recovery()
    offices.close_office()
    assert offices.open_office(place, "另外一句口令").name == "张三"
    offices.close_office()
    assert offices.open_office(place, fresh).name == "恢复单"
    offices.close_office()
    for old in (code, PASSPHRASE):
        with pytest.raises(Refusal, match="口令不对"):
            offices.open_office(place, old)


def test_a_person_who_left_can_unlock_nothing_and_one_administrator_stays(
    office: offices.Office,
) -> None:
    from db.registers.account import Account

    clerk = make(Account, name="李四", role="录入")
    unlocking.give_passphrase(clerk.id, "李四的一句口令")
    unlocking.dismiss(clerk.id, "调离")
    with pytest.raises(Refusal, match="口令不对"):
        vault.unlock(office.folder, "李四的一句口令")
    with pytest.raises(Refusal, match="最后一个"):
        unlocking.dismiss(access.acting().id, "调离")
    with pytest.raises(Refusal, match="已停用"):
        unlocking.give_passphrase(clerk.id, "李四的一句口令")
