"""The first start: the wizard founds an office, says what is missing, or tries the training data."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from db import office as offices
from tests.desktop.opening import found_with


def test_the_first_start_founds_an_office(window, settle):
    wizard = found_with(window, settle)
    assert len(wizard.recovery.text()) > 30
    wizard._next()
    assert "恢复单" in wizard.fault.text()
    wizard.kept.setChecked(True)
    wizard._next()
    wizard._choose("organization")()
    settle()
    assert window.frame.here.stem == "organization"
    assert "西召镇" in window.windowTitle()
    assert offices.exists(window._folder)


def test_the_training_data_is_a_folder_of_its_own_and_marked(window, settle):
    wizard = window.stack.currentWidget()
    wizard._try_training()
    settle(limit=300_000)
    folder = window._folder
    assert folder.name.endswith("-training")
    assert offices.exists(folder)
    assert window.stack.currentWidget() is window.unlock_page
    assert "训练" in window.unlock_page.words.text()
    secret = (folder / "training-passphrase.txt").read_text("utf-8").strip()
    window.unlock_page.secret.setText(secret)
    window.unlock_page.unlock()
    settle()
    assert not window.frame.sidebar.training.isHidden()
    assert "训练" in window.windowTitle()


@pytest.mark.parametrize(
    ("fill", "words"),
    [
        ({"office_name": ""}, "单位名称"),
        ({"code": "12"}, "6 至 12 位"),
    ],
)
def test_the_wizard_says_what_is_missing_and_writes_nothing(window, settle, fill, words):
    wizard = window.stack.currentWidget()
    wizard.office_name.setText("某镇")
    wizard.code.setText("150823102")
    for name, value in fill.items():
        getattr(wizard, name).setText(value)
    wizard._next()
    assert words in wizard.fault.text()
    assert not window._folder.exists()


def test_enter_walks_the_wizard_from_field_to_field(window):
    wizard = window.stack.currentWidget()
    wizard.office_name.setText("某镇")
    QTest.keyClick(wizard.office_name, Qt.Key.Key_Return)
    assert wizard.focusWidget() is wizard.code
    assert not wizard.fault.text()
    wizard.code.setText("150823102")
    QTest.keyClick(wizard.code, Qt.Key.Key_Return)
    assert wizard.focusWidget() is wizard.person


def test_weak_and_different_passphrases_are_sent_back(window):
    wizard = window.stack.currentWidget()
    wizard.office_name.setText("某镇")
    wizard.code.setText("150823102")
    wizard._next()
    wizard.person.setText("某人")
    wizard.secret.setText("123")
    wizard._next()
    assert "至少" in wizard.fault.text()
    wizard.secret.setText("草原上的第一场雪")
    wizard.again.setText("草原上的第二场雪")
    wizard._next()
    assert "不一样" in wizard.fault.text()
