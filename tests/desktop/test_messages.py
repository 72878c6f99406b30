"""What the person is told over the pages: what was done, what failed, a date that cannot be right."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton

from db import office as offices
from db.errors import Refusal, Trouble
from db.registers.organization import Organization
from desktop.tasks import Read
from desktop.widgets.page import Message, Place
from tests.desktop.opening import found_with
from tests.factories import make


def test_three_kinds_of_failure_look_different(window, settle):
    found_with(window, settle).founded.emit(offices.access.acting(), "home")
    settle()

    def fail(problem):
        def work():
            raise problem

        Read(window, work).start()
        settle()

    fail(Refusal("先填姓名。"))
    assert window.frame.messages.message.kind == "warn"
    fail(Trouble("U盘已拔出。", "请重新插入后再试。"))
    assert window.frame.messages.message.kind == "bad"
    assert window.frame.messages.message.advice == "请重新插入后再试。"
    fail(KeyError("our bug"))
    page = window.stack.currentWidget()
    assert "出错" in page._title.text()
    assert list(window._folder.glob("出错报告-*.txt"))
    page.back.click()
    settle()
    assert window.stack.currentWidget() is window.frame


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        ("导入党员名册", "已导入党员名册"),
        ("“巴图”调整到“三合村党支部”", "“巴图”已调整到“三合村党支部”"),
        ("“2026年“七一”表彰”开始推荐", "“2026年“七一”表彰”已开始推荐"),
    ],
)
def test_what_was_done_is_told_as_done(operation, told):
    from desktop.shell.frame import _did

    assert _did(operation) == told


def test_a_message_moves_nothing_on_the_page(window, settle):
    found_with(window, settle).founded.emit(offices.access.acting(), "home")
    settle()
    frame = window.frame
    before = frame.pages.geometry()
    frame.messages.show_message(Message("已保存。\n第二行说明。", "warn"))
    assert frame.messages.isVisible()
    assert frame.pages.geometry() == before
    bar = frame.messages.geometry()
    assert bar.height() >= frame.messages.sizeHint().height()


def test_a_message_covers_no_button_that_somebody_may_be_about_to_press(window, settle):
    found_with(window, settle).founded.emit(offices.access.acting(), "home")
    settle()
    frame = window.frame
    window.resize(1280, 800)
    for stem in ("member", "organization", "fund"):
        frame.go(Place(stem))
        settle()
        frame.page.add()
        settle()
        frame.messages.show_message(Message("已保存“巴图”。", "good", undo=1))
        bar = frame.messages
        covered = [
            button.text()
            for button in frame.page.findChildren(QAbstractButton)
            if button.isVisible()
            and bar.rect().intersects(
                QRect(button.mapTo(bar.parentWidget(), QPoint()) - bar.pos(), button.size())
            )
        ]
        assert covered == []
        assert not bar.undo_button.visibleRegion().isEmpty()


def test_row_50_a_wrong_date_is_said_over_the_pages_and_answered(frame, settle):
    from db import moment

    assert frame.clock.isHidden()
    with moment.told("2099-01-01T08:00:00"):
        make(Organization, name="甲支部", kind="branch")
    frame.clock.look_now()
    settle()
    assert not frame.clock.isHidden()
    assert "调对" in frame.clock.words.text()
    frame.clock.right.click()
    frame.clock.look_now()
    settle()
    assert frame.clock.isHidden()
    with moment.told("2098-01-01T08:00:00"):
        make(Organization, name="乙支部", kind="branch")
    frame.clock.again.click()
    settle()
    assert not frame.clock.isHidden()
    make(Organization, name="丙支部", kind="branch")
    frame.clock.look_now()
    settle()
    assert frame.clock.isHidden()
