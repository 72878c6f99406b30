"""Pick many at once: candidates for an award type with what stands against each, before they are put forward."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from db.commending.nominating import Outcome, nominate_members, nominate_organizations
from db.commending.reviewing import look_at
from db.commending.tree import Tree
from db.registers.commendation import AwardType, Commendation, Nomination
from db.registers.member import Member
from db.registers.organization import Organization
from db.rules.eligibility import sentence
from desktop.pages.commendation.reckoned_table import Head, ReckonedTable, Row
from desktop.tasks import Read, Write
from desktop.theme import look
from desktop.widgets.page import button, label, named

#: Candidates shown at once; a name or a branch narrows them.
SHOWN = 300
_PAUSE = 200  # ms after the last key


class Choosing(QWidget):
    """Search, choose several, put forward; who cannot be is said one by one."""

    done = Signal(object)  # Outcome
    gave_up = Signal()

    def __init__(self, award_type: Any, subject: str) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._type, self._subject = award_type, subject
        self._asking = 0
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(unit(1))
        what = "党员" if subject == "member" else "党组织"
        box.addWidget(label(f"推荐{award_type.name}", "title"))
        self._words = label(
            f"选一个或多个{what}（按住 Ctrl 或 Shift 多选），再点“推荐所选”。不符合硬条件的会退回并说明原因。",
            "muted",
            wrap=True,
        )
        box.addWidget(self._words)
        self.search = QLineEdit()
        self.search.setPlaceholderText(
            "姓名、拼音首字母或党支部名称" if subject == "member" else "党组织名称或拼音首字母"
        )
        self.search.setClearButtonEnabled(True)
        named(self.search, f"查找{what}")
        box.addWidget(self.search)
        heads = (
            (
                Head("姓名", 8),
                Head("党支部", 18),
                Head("出生", 7),
                Head("入党", 7),
                Head("情况", 30),
            )
            if subject == "member"
            else (Head("党组织", 22), Head("上级", 18), Head("届满", 8), Head("情况", 30))
        )
        self.table = ReckonedTable(f"可推荐的{what}", heads)
        box.addWidget(self.table, 1)
        keys = QHBoxLayout()
        self._count = label("", "muted")
        keys.addWidget(self._count, 1)
        keys.addWidget(button("取消", self.gave_up.emit))
        self.go = button("推荐所选", self.submit, primary=True)
        keys.addWidget(self.go)
        box.addLayout(keys)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self.ask)
        self.search.textEdited.connect(lambda _text: self._pause.start())
        self.table.activated_row.connect(lambda _row: self.submit())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._tell())
        self.ask()

    def ask(self) -> None:
        """Read the candidates that fit the words."""
        self._asking += 1
        asking, text = self._asking, self.search.text().strip()
        row, subject = self._type.id, self._subject
        Read(self, lambda: candidates(AwardType.get_by_id(row), subject, text)).then(
            lambda found: self._show(found) if asking == self._asking else None
        ).start()

    def submit(self) -> None:
        """Put forward those who are chosen."""
        ids = self.table.chosen_ids()
        if not ids:
            return
        self.go.setEnabled(False)
        row, subject = self._type.id, self._subject

        def work() -> Outcome:
            award_type = AwardType.get_by_id(row)
            if subject == "member":
                return nominate_members(award_type, _rows(Member, ids))
            return nominate_organizations(award_type, _rows(Organization, ids))

        Write(self, work).then(self.done.emit).failed(self._on_failed).start()

    def _on_failed(self, _problem: Exception) -> bool:
        self.go.setEnabled(True)
        return False

    def _show(self, found: list[Row]) -> None:
        self.table.show_rows(found)
        self._tell()

    def _tell(self) -> None:
        chosen, shown = len(self.table.chosen_ids()), len(self.table.rows_model.rows)
        more = f"，先显示 {SHOWN} 个，输入姓名或支部缩小范围" if shown >= SHOWN else ""
        self._count.setText(f"已选 {chosen} 个，列出 {shown} 个{more}")
        self.go.setText(f"推荐所选 {chosen} 个" if chosen else "推荐所选")
        self.go.setEnabled(bool(chosen))


def _rows(model: Any, ids: list[int]) -> list[Any]:
    found = {row.id: row for row in model.select().where(model.id.in_(ids))}
    return [found[one] for one in ids if one in found]


def candidates(award_type: AwardType, subject: str, text: str) -> list[Row]:
    """Those within the round's scope who fit the words, with what stands against each."""
    tree = Tree.load()
    commendation = award_type.commendation
    found = (
        _members(commendation, tree, text)
        if subject == "member"
        else _organizations(commendation, tree, text)
    )
    drafts = [
        Nomination(
            commendation=commendation,
            award_type=award_type,
            name=one.name,
            **{subject: one, "nominator": one.organization_id if subject == "member" else one.id},
        )
        for one in found
    ]
    looked = look_at(commendation, drafts, tree, before=True)
    rows = []
    for one, findings in zip(found, looked, strict=True):
        stops = [f for f in findings if f.forbids]
        warns = [f for f in findings if not f.forbids and f.warns and f.outcome.value == "不符合"]
        words = sentence(stops) or sentence(warns) or "符合"
        rows.append(Row(one.id, (*_cells(one, subject, tree), words), bool(stops), words))
    rows.sort(key=lambda row: row.flawed)
    return rows


def _members(commendation: Commendation, tree: Tree, text: str) -> list[Any]:
    query = Member.living().where(Member.standing == "normal")
    if commendation.scope_id is not None:
        query = query.where(Member.organization.in_(sorted(tree.within(commendation.scope_id))))
    if text:
        branches = [node.id for node in tree.nodes.values() if text in node.name]
        query = query.where(
            Member.id.in_(_matching("member", text)) | Member.organization.in_(branches)
        )
    return list(query.order_by(Member.organization, Member.id).limit(SHOWN))


def _organizations(commendation: Commendation, tree: Tree, text: str) -> list[Any]:
    within = sorted(tree.within(commendation.scope_id) - {commendation.scope_id})
    query = Organization.living().where(
        Organization.id.in_(within), Organization.status == "active"
    )
    if text:
        query = query.where(
            Organization.name.contains(text) | Organization.id.in_(_matching("organization", text))
        )
    return list(query.order_by(Organization.code, Organization.id).limit(SHOWN))


def _matching(stem: str, text: str) -> list[int]:
    from desktop.widgets.finding import find

    return [found.row for found in find(text, (stem,), SHOWN)]


def _cells(one: Any, subject: str, tree: Tree) -> tuple[str, ...]:
    from db.rules import dates

    if subject == "member":
        branch = tree.name(one.organization_id)
        return (one.name, branch, dates.show(one.born_on[:7]), dates.show(one.joined_on[:7]))
    return (one.name, tree.name(one.parent_id), dates.show(one.election_due[:7]))
