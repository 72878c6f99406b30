"""A window on a data folder, and an office founded in it as a person does."""

from __future__ import annotations

from PySide6.QtTest import QTest


def standing(made, settle):
    """A window that is up for one test and then taken down; for fixtures."""
    made.begin()
    made.show()
    made.activateWindow()
    QTest.qWaitForWindowActive(made)
    yield made
    made.close()
    settle(quiet=1)
    made.deleteLater()


def found_with(window, settle):
    wizard = window.stack.currentWidget()
    wizard.office_name.setText("中共西召镇委员会")
    wizard.code.setText("150823102")
    wizard._next()
    wizard.person.setText("张秘书")
    for each in (wizard.secret, wizard.again):
        each.setText("草原上的第一场雪")
    wizard._next()
    settle()
    return wizard
