from __future__ import annotations

import threading

import pytest

from db import backup, changes, journal
from db import office as offices
from db.registers.member import Member
from db.registers.organization import Organization
from db.undo import undo
from tests.factories import make

pytestmark = [pytest.mark.usefixtures("office"), pytest.mark.both_engines]


@pytest.fixture
def told():
    heard: list[changes.Changes] = []
    stop = changes.listen(heard.append)
    yield heard
    stop()


def test_each_operation_is_told_once_with_all_it_touched(told) -> None:
    with journal.operation("两步") as opened:
        branch = make(Organization, name="甲支部", kind="branch")
        member = make(Member, organization=branch)
    assert [(c.operation, c.words, c.stems) for c in told] == [
        (opened.id, "两步", {"organization", "member"})
    ]
    undo(opened.id)
    assert told[1].ids["member"] == {member.id}


def test_what_failed_or_changed_nothing_is_not_told(told) -> None:
    branch = make(Organization, name="甲支部", kind="branch")
    told.clear()
    branch.save()
    branch.name = "甲支部"
    branch.save()
    with journal.operation("什么也没有"):
        pass
    with pytest.raises(ZeroDivisionError), journal.operation("失败"):
        make(Member, organization=branch)
        raise ZeroDivisionError
    assert told == []


def test_a_listener_hears_no_more_after_it_stopped(told) -> None:
    heard: list[changes.Changes] = []
    stop = changes.listen(heard.append)
    stop()
    stop()
    make(Organization, name="甲支部", kind="branch")
    assert (len(heard), len(told)) == (0, 1)


def test_a_listener_may_write_itself(told) -> None:
    def answer(change: changes.Changes) -> None:
        stop()
        make(Organization, name="乙支部", kind="branch")

    stop = changes.listen(answer)
    make(Organization, name="甲支部", kind="branch")
    assert len(told) == 2
    assert journal.verify() == []


def test_a_broken_listener_makes_no_save_look_failed_and_is_reported(
    told, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[type] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: reported.append(args.exc_type))

    def broken(_change: changes.Changes) -> None:
        raise ZeroDivisionError

    stop = changes.listen(broken)
    later: list[changes.Changes] = []
    stop_later = changes.listen(later.append)
    row = make(Organization, name="甲支部", kind="branch")
    stop()
    stop_later()
    assert Organization.get_by_id(row.id).name == "甲支部"
    assert reported == [ZeroDivisionError]
    assert len(later) == 1


def test_a_restore_tells_every_page(told) -> None:
    make(Organization, name="甲支部", kind="branch")
    office = offices.current()
    copy = backup.snapshot(office.folder, office.key)
    told.clear()
    backup.restore(office.folder, office.key, copy)
    assert told[-1].words == "恢复备份"
    assert "organization" in told[-1].stems
    assert "member" in told[-1].stems
