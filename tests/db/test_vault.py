from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import vault
from db.errors import Refusal, Trouble

SECRET, OTHER = "白音胡舒的春天", "李四的一句口令"


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Path, bytes, str]:
    key = vault.new_key()
    return tmp_path, key, vault.create(tmp_path, key, 5, "张三", SECRET)


def test_each_person_opens_with_their_own_passphrase(kept: tuple[Path, bytes, str]) -> None:
    folder, key, _ = kept
    vault.admit(folder, key, 6, "李四", OTHER)
    assert vault.unlock(folder, SECRET) == (key, 5)
    assert vault.unlock(folder, OTHER) == (key, 6)
    assert vault.unlock(folder, OTHER, 6) == (key, 6)
    with pytest.raises(Refusal):
        vault.unlock(folder, OTHER, 5)
    assert {(s.person, s.name) for s in vault.people(folder)} == {(5, "张三"), (6, "李四")}


def test_a_new_passphrase_takes_the_place_of_the_old(kept: tuple[Path, bytes, str]) -> None:
    folder, key, _ = kept
    vault.admit(folder, key, 5, "张三", OTHER)
    assert vault.unlock(folder, OTHER) == (key, 5)
    with pytest.raises(Refusal):
        vault.unlock(folder, SECRET)


def test_the_recovery_code_opens_as_nobody_and_however_it_is_typed(
    kept: tuple[Path, bytes, str],
) -> None:
    folder, key, code = kept
    for typed in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' — ')}\n"):
        assert vault.unlock(folder, typed) == (key, 0)
    assert vault.unlock(folder, code, 5) == (key, 0)
    fresh = vault.renew_recovery(folder, key)
    assert vault.unlock(folder, fresh) == (key, 0)
    with pytest.raises(Refusal):
        vault.unlock(folder, code)


def test_the_last_person_stays_and_the_recovery_sheet_counts_for_nobody(
    kept: tuple[Path, bytes, str],
) -> None:
    folder, key, _ = kept
    with pytest.raises(Refusal, match="最后一个"):
        vault.dismiss(folder, 5)
    vault.admit(folder, key, 6, "李四", OTHER)
    vault.dismiss(folder, 5)
    with pytest.raises(Refusal):
        vault.unlock(folder, SECRET)


def test_the_file_tells_neither_key_nor_secret(kept: tuple[Path, bytes, str]) -> None:
    folder, key, code = kept
    text = (folder / vault.FILE).read_text("utf-8")
    for secret in (SECRET, code, code.replace("-", ""), key.hex()):
        assert secret not in text
    slots = json.loads(text)["slots"]
    assert len({slot["salt"] for slot in slots}) == len(slots)
    vault.admit(folder, key, 6, "李四", SECRET)
    sealed = [slot["sealed"] for slot in json.loads((folder / vault.FILE).read_text())["slots"]]
    assert len(set(sealed)) == len(sealed)


def test_slots_cannot_be_swapped_between_people(kept: tuple[Path, bytes, str]) -> None:
    folder, key, _ = kept
    vault.admit(folder, key, 6, "李四", OTHER)
    content = json.loads((folder / vault.FILE).read_text("utf-8"))
    for slot in content["slots"]:
        slot["person"] = {5: 6, 6: 5, 0: 0}[slot["person"]]
    (folder / vault.FILE).write_text(json.dumps(content), "utf-8")
    for secret in (SECRET, OTHER):
        with pytest.raises(Refusal):
            vault.unlock(folder, secret)


def test_wrong_tries_wait_and_a_right_one_forgets_them(
    kept: tuple[Path, bytes, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, key, _ = kept
    clock = [50.0]
    monkeypatch.setattr(vault, "_now", lambda: clock[0])
    for _ in range(vault.FREE_TRIES):
        with pytest.raises(Refusal, match="口令不对"):
            vault.unlock(folder, OTHER)
    with pytest.raises(Refusal, match="请等"):
        vault.unlock(folder, SECRET)
    clock[0] += 2
    with pytest.raises(Refusal, match="口令不对"):
        vault.unlock(folder, OTHER)
    with pytest.raises(Refusal, match="6 次"):
        vault.unlock(folder, SECRET)
    clock[0] += 3
    assert vault.unlock(folder, SECRET) == (key, 5)
    with pytest.raises(Refusal, match="口令不对"):
        vault.unlock(folder, OTHER)


@pytest.mark.parametrize(
    ("secret", "weak"),
    [
        ("", True),
        ("1234567", True),
        ("12345678", True),
        ("aaaaaaaa", True),
        ("草草草草", True),
        ("三个字", True),
        ("四个汉字", False),
        ("abcd1234", False),
        ("138123456789", False),
    ],
)
def test_weak_passphrases_are_refused_with_the_reason(secret: str, weak: bool) -> None:
    assert bool(vault.weakness(secret)) == weak


def test_a_vault_of_a_newer_program_is_left_alone(kept: tuple[Path, bytes, str]) -> None:
    folder, key, _ = kept
    content = json.loads((folder / vault.FILE).read_text("utf-8"))
    content["format"] = 2
    (folder / vault.FILE).write_text(json.dumps(content), "utf-8")
    for act in (
        lambda: vault.unlock(folder, SECRET),
        lambda: vault.people(folder),
        lambda: vault.admit(folder, key, 6, "李四", OTHER),
        lambda: vault.renew_recovery(folder, key),
    ):
        with pytest.raises(Trouble, match="先升级"):
            act()


@given(code=st.builds(vault.recovery_code))
def test_recovery_codes_have_no_letters_that_look_alike(code: str) -> None:
    assert len(code.replace("-", "")) == 32
    assert not set(code) & set("0O1I")


@given(secret=st.text(min_size=8, max_size=40))
def test_any_passphrase_that_is_strong_enough_opens(secret: str, tmp_path_factory) -> None:
    if vault.weakness(secret):
        return
    folder = tmp_path_factory.mktemp("vault")
    key = vault.new_key()
    vault.create(folder, key, 1, "张三", secret)
    assert vault.unlock(folder, secret) == (key, 1)
