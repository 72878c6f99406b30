"""Updating from the settings page: what is asked, what is said, what a start takes afterwards."""

from __future__ import annotations

import os

import pytest
from PySide6.QtWidgets import QMessageBox

from desktop.updating import trial
from desktop.widgets.page import Place
from tests import programs

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the small programs are shell scripts")


@pytest.fixture
def card(office, frame, settle, tmp_path, monkeypatch):
    root = programs.tree(tmp_path / "opt" / "zhengyou", "1.0")
    programs.install(root, monkeypatch.setattr, "1.0")
    monkeypatch.setattr(trial, "run", lambda *_: {})
    frame.go(Place("settings"))
    settle()
    return frame.page.program


@pytest.fixture
def asked(monkeypatch):
    """Every question is answered by its first button, which does it."""
    seen = []

    def answer(box):
        seen.append(box.text())
        box.buttons()[0].click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    monkeypatch.setattr(QMessageBox, "clickedButton", lambda box: next(
        each for each in box.buttons() if box.buttonRole(each) is QMessageBox.ButtonRole.AcceptRole
    ))  # fmt: skip
    return seen


def test_a_package_from_the_stick_is_shown_then_installed(card, asked, frame, settle, tmp_path):
    new = programs.tree(tmp_path / "new", "1.1")
    file = programs.pack(new, tmp_path / "zhengyou-1.1.zytu", "1.1", words="修好了打印。")
    assert not card.update_button.isHidden()
    assert card.back_button.isHidden()
    card.look(file)
    settle(limit=30_000)
    assert len(asked) == 1
    assert all(words in asked[0] for words in ("1.1 版", programs.PUBLISHER, "修好了打印", "退回"))
    assert "已升级到 1.1 版" in frame.messages.message.words
    root = tmp_path / "opt" / "zhengyou"
    assert programs.starts(root) == "1.1"
    settle()
    assert not card.back_button.isHidden()


def test_what_is_no_package_is_refused_before_any_question(card, asked, settle, failures, tmp_path):
    file = tmp_path / "a.zytu"
    file.write_bytes(b"PK" + bytes(900))
    card.look(file)
    settle()
    assert ["不是争优台账的升级包" in str(each) for each in failures] == [True]
    assert asked == []


def test_one_step_back_is_one_question(card, asked, frame, settle, tmp_path, monkeypatch):
    root = tmp_path / "opt" / "zhengyou"
    programs.tree(root / "versions" / "1.1", "1.1")
    program = programs.install(root, monkeypatch.setattr, "1.1", root / "versions" / "1.1")
    program.switch("1.1", "")
    card.show_now()
    settle()
    assert "1.0" in card.back_button.text()
    card.step_back()
    settle()
    assert len(asked) == 1
    assert programs.starts(root) == "1.0"
