"""互认: invite, join, admit, the number compared over the telephone; and a lost, new or second PC."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from db import access
from db.exchange import enrolment, keys, sticks
from db.exchange.keys import Peer
from db.fields import Text
from db.identity import Identity, identity
from desktop.tasks import Read, Write
from desktop.theme import look
from desktop.tools.exchange.words import card
from desktop.widgets.ask_form import AskForm
from desktop.widgets.form_box import scrolled
from desktop.widgets.page import button, label, tell
from desktop.widgets.plain_table import PlainModel, PlainView
from desktop.widgets.reason import ReasonBar
from desktop.widgets.saving import papers_folder

_KINDS = "互认文件 (*.zyti)"
_STATES = {"known": "已互认", "invited": "已邀请，等候回答", "revoked": "密钥已作废"}
#: Each its own plain way.
_WAYS = (
    (
        "电脑丢了、被盗",
        "旗县在上面选中这个单位，按“作废密钥”：丢的电脑再送来的包一律不收。然后重新“邀请”；"
        "单位在新电脑上恢复最近的备份（没有备份就新建台账），再“加入”。县里已收到的会全部送回。",
    ),
    (
        "换新电脑",
        "在新电脑上恢复旧电脑的备份，照常上报就行，不用重新互认。旧电脑不要再录入。",
    ),
    (
        "第二台电脑",
        "一个单位只有一份台账，同一时间只在一台电脑上录入。要轮流用，就用备份在两台之间移交。"
        "两台同时录入了也不会丢：下次交换会认出来，两边的都收，同一项不一样的由旗县裁定。",
    ),
    (
        "怀疑密钥被人拿走",
        "旗县“作废密钥”再“邀请”，对方“加入”时自动换新密钥。旗县自己的要换，按“本单位换新密钥”，再逐个邀请。",
    ),
)


@dataclass(frozen=True)
class Known:
    """Who we are and whom we know."""

    us: Identity
    ours: str
    peers: tuple[Peer, ...]
    compared: Mapping[str, tuple[str, str]]


def read() -> Known:
    """Everything the page shows; runs on the database worker."""
    us = identity()
    found = [p for state in _STATES for p in keys.peers(state)]
    checked = {p.office: said for p in found if p.signing and (said := keys.compared(p))}
    ours = enrolment.own_fingerprint()
    return Known(us, ours, tuple(sorted(found, key=lambda p: p.office)), checked)


class EnrolView(QWidget):
    """The offices we know, and the steps by which we come to know another."""

    changed = Signal()
    told = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        unit = look().measure.units
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, unit(1), 0, 0)
        self._stack = QStackedWidget()
        outer.addWidget(self._stack)
        inside = QWidget()
        inside.setObjectName("clear")
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, unit(1), 0)
        box.setSpacing(unit(1.5))
        self.model = PlainModel(("代码", "单位", "状态", "核对号"), (), self)
        self.table = PlainView("互认的单位", self.model, (8, 14, 9, 22), 1)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._on_current())
        box.addWidget(self.table)
        self.reason = ReasonBar()
        self.reason.given.connect(lambda why: self._reasoned(why))
        box.addWidget(self.reason)
        keys_line = QHBoxLayout()
        self.invite_button = button("邀请…", self.ask_invite, meaning="add")
        self.admit_button = button("收下回答…", self._ask_answer, meaning="import")
        self.join_button = button("加入…", self.ask_join, meaning="import")
        self._reasoned: Callable[[str], None] = self._revoke
        self.revoke_button = button(
            "作废密钥…",
            lambda: self._ask_reason(self._revoke, "作废的原因，例如“电脑被盗”"),
            meaning="retire",
        )
        self.renew_button = button(
            "本单位换新密钥…",
            lambda: self._ask_reason(self._renew, "换了以后要与各单位重新互认。原因"),
            meaning="key",
        )
        for each in (
            self.invite_button,
            self.admit_button,
            self.join_button,
            self.revoke_button,
        ):
            keys_line.addWidget(each)
        keys_line.addStretch(1)
        keys_line.addWidget(self.renew_button)
        box.addLayout(keys_line)
        numbers = QHBoxLayout()
        numbers.setSpacing(unit(2))
        mine, inner = card("本单位的核对号（在电话里念给对方）")
        self.ours = label("", "number", wrap=True)
        self.ours.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        inner.addWidget(self.ours)
        inner.addStretch(1)
        numbers.addWidget(mine, 1)
        theirs, inner = card("核对对方的核对号")
        self.whose = label("", "muted", wrap=True)
        self.theirs = label("", "number", wrap=True)
        self.heard = QLineEdit()
        self.heard.setAccessibleName("电话里听到的数字")
        self.heard.setPlaceholderText("听到的数字，按五个一组填在这里")
        self.heard.textChanged.connect(lambda _text: self._compare())
        self.verdict = label("", "muted", wrap=True)
        for part in (self.whose, self.theirs, self.heard, self.verdict):
            inner.addWidget(part)
        inner.addStretch(1)
        numbers.addWidget(theirs, 1)
        box.addLayout(numbers)
        ways, inner = card("遇到这些情况")
        for heading, words in _WAYS:
            inner.addWidget(label(heading, "section"))
            inner.addWidget(label(words, wrap=True))
        box.addWidget(ways)
        box.addStretch(1)
        self._stack.addWidget(scrolled(inside))
        self._form: AskForm | None = None
        self._known: Known | None = None
        self._want = ""

    # -- showing -----------------------------------------------------------------------

    def refresh(self) -> None:
        """Read again whom we know."""
        Read(self, read).then(self._show).start()

    def _show(self, known: Known) -> None:
        self._known = known
        county, may = known.us.level == "county", access.can("manage")
        for each in (self.invite_button, self.admit_button):
            each.setVisible(county and may)
        self.join_button.setVisible(not county and may)
        for each in (self.revoke_button, self.renew_button):
            each.setVisible(may)
        self.ours.setText(known.ours)
        before = self.table.current_thing()
        wanted = self._want or (before.office if isinstance(before, Peer) else "")
        self._want = ""
        self.model.show_rows(
            [((p.office, p.name, _state(p, known), _fingerprint(p)), p) for p in known.peers]
        )
        self.table.setFixedHeight(look().measure.row * (min(max(len(known.peers), 1), 8) + 1) + 4)
        offices = [p.office for p in known.peers]
        if known.peers:
            self.table.selectRow(offices.index(wanted) if wanted in offices else 0)
        self._on_current()

    def _on_current(self) -> None:
        peer = self.table.current_thing()
        has_key = isinstance(peer, Peer) and bool(peer.signing)
        self.revoke_button.setEnabled(isinstance(peer, Peer) and peer.state == "known")
        self.whose.setText(
            f"{peer.name}　{peer.office}"
            if isinstance(peer, Peer) and has_key
            else "对方加入并把回答带回来以后，这里显示对方的核对号。"
        )
        self.theirs.setText(_fingerprint(peer) if isinstance(peer, Peer) else "")
        self.heard.setEnabled(has_key)
        self.heard.clear()
        self._compare()

    def _compare(self) -> None:
        heard = sum(each.isdecimal() for each in self.heard.text())
        if not self.heard.isEnabled() or not heard:
            words, name = "请打电话给对方，听对方念出他那边显示的本单位核对号，填在上面。", "muted"
            if checked := self._checked():
                at, person = checked
                words, name = f"{at[:10]} {person}已在电话里核对，一致。", "agreed"
        elif enrolment.agrees(self.theirs.text(), self.heard.text()):
            words, name = "一致。对方就是对方，可以放心交换。", "agreed"
            self._remember()
        elif heard < sum(each.isdecimal() for each in self.theirs.text()):
            words, name = f"已填 {heard} 位，共 30 位。", "muted"
        else:
            words, name = (
                "不一致！请再听一遍；还是不一致，就“作废密钥”重新邀请，先不要交换。",
                "fault",
            )
        tell(self.verdict, words, name)

    def _checked(self) -> tuple[str, str] | None:
        peer = self.table.current_thing()
        if self._known is None or not isinstance(peer, Peer):
            return None
        return self._known.compared.get(peer.office)

    def _remember(self) -> None:
        """That it agreed is kept with the office, with the day and who heard it."""
        peer, heard = self.table.current_thing(), self.heard.text()
        if not isinstance(peer, Peer) or self._checked() or not access.can("manage"):
            return
        self._want = peer.office
        Write(self, lambda: enrolment.compare(peer.office, heard)).then(
            lambda _done: self._on_compared(peer)
        ).start()

    def _on_compared(self, peer: Peer) -> None:
        self.told.emit(f"已记下：{peer.name}的核对号在电话里核对过，一致。", "good")
        self.refresh()

    # -- the steps ---------------------------------------------------------------------

    def ask_invite(self) -> None:
        """Whom to invite; then where the invitation goes."""
        peer = self.table.current_thing()
        again = peer if isinstance(peer, Peer) and peer.state != "known" else None
        kept: dict[str, Any] = {}
        form = AskForm(
            "邀请一个单位",
            "写一份邀请到U盘，请他们带回去“加入”。换了电脑或密钥的单位也这样重新邀请。",
            (
                (
                    "office",
                    Text("行政区划代码", required=True, max_length=12, help_text="6 至 12 位数字"),
                    again.office if again else "",
                ),
                (
                    "name",
                    Text("单位全称", required=True, max_length=60),
                    again.name if again else "",
                ),
            ),
            kept.update,
            "下一步",
        )
        form.done.connect(lambda: self._ask_where(kept))
        form.gave_up.connect(self._end_form)
        self._form = form
        self._stack.addWidget(form)
        self._stack.setCurrentWidget(form)
        form.focus_first()

    def _ask_where(self, kept: dict[str, Any]) -> None:
        self._end_form()
        self._choose(
            f"邀请_{kept['name']}.zyti",
            lambda path: self.invite(kept["office"], kept["name"], path),
        )

    def _end_form(self) -> None:
        if self._form is not None:
            self._stack.removeWidget(self._form)
            self._form.deleteLater()
            self._form = None

    def invite(self, office: str, name: str, path: Path) -> None:
        """Write the invitation."""
        self._want = office
        Write(self, lambda: enrolment.invite(office, name, path)).then(
            lambda _ours: self._done(
                f"邀请已写成“{path.name}”，请交给{name}；对方加入后把回答带回来，在这里“收下”。"
            )
        ).start()

    def ask_join(self) -> None:
        """Choose the invitation, then where the answer goes."""
        self._open("选择邀请", self._ask_answer_place)

    def _ask_answer_place(self, invitation: Path) -> None:
        name = invitation.stem.replace("邀请", "回答")
        if name == invitation.stem:
            name = f"回答_{name}"
        self._choose(f"{name}.zyti", partial(self.join, invitation), folder=invitation.parent)

    def join(self, invitation: Path, answer: Path) -> None:
        """Take an invitation and write the answer."""
        Write(self, lambda: enrolment.join(invitation, answer)).then(
            lambda _numbers: self._done(
                f"回答已写成“{answer.name}”，请带回旗县。现在打电话核对双方的核对号。"
            )
        ).start()

    def _ask_answer(self) -> None:
        self._open("选择回答", self.admit)

    def admit(self, answer: Path) -> None:
        """Take the answer to an invitation."""

        def took(found: tuple[str, str]) -> None:
            self._want = found[0]
            self._done("已互认。请打电话核对对方的核对号，填在下面。")

        Write(self, lambda: enrolment.admit(answer)).then(took).start()

    def take_file(self, path: Path) -> None:
        """An invitation or an answer that was opened by a double click."""

        def go(kind: str) -> None:
            if kind == "invitation":
                self._ask_answer_place(path)
            elif kind == "answer":
                self.admit(path)
            else:
                self.told.emit(f"“{path.name}”不是完好的邀请或回答，请让对方重新生成。", "warn")

        Read(self, lambda: enrolment.kind_of(path)).then(go).start()

    def _revoke(self, reason: str) -> None:
        peer = self.table.current_thing()
        if isinstance(peer, Peer):
            Write(self, lambda: enrolment.revoke(peer.office, reason)).then(
                lambda name: self._done(f"“{name}”的密钥已作废，用它签的包不再接收。请重新邀请。")
            ).start()

    def _ask_reason(self, then: Callable[[str], None], words: str) -> None:
        self._reasoned = then
        self.reason.ask(words)

    def _renew(self, _reason: str) -> None:
        Write(self, enrolment.renew_keys).then(
            lambda _ours: self._done("已换新密钥。在与各单位重新互认之前，对方不收本单位的包。")
        ).start()

    def _done(self, words: str) -> None:
        self.told.emit(words, "good")
        self.changed.emit()
        self.refresh()

    # -- files -------------------------------------------------------------------------

    def _open(self, words: str, then: Any) -> None:
        def ask(folder: Path) -> None:
            chosen, _ = QFileDialog.getOpenFileName(self, words, str(folder), f"{_KINDS};;全部 (*)")
            if chosen:
                then(Path(chosen))

        Read(self, _likely_folder).then(ask).start()

    def _choose(self, name: str, then: Any, folder: Path | None = None) -> None:
        def ask(place: Path) -> None:
            chosen, _ = QFileDialog.getSaveFileName(
                self, "保存到", str((folder or place) / name), _KINDS
            )
            if chosen:
                then(Path(chosen))

        Read(self, _likely_folder).then(ask).start()


def _state(peer: Peer, known: Known) -> str:
    """How far we know an office; one whose number nobody has compared yet is marked."""
    if peer.state != "known":
        return _STATES[peer.state]
    return "已互认、已核对" if peer.office in known.compared else "▲ 未电话核对"


def _fingerprint(peer: Peer) -> str:
    return keys.fingerprint(peer.signing, peer.sealing) if peer.signing else ""


def _likely_folder() -> Path:
    """The only stick that is plugged in, else where papers are kept."""
    found = sticks.plugged()
    one = sticks.only(found) or (found[0] if len(found) == 1 else None)
    return one.volume.place if one is not None else papers_folder()
