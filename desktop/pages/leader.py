"""领导干部: who keeps contact with whom, with the points and trips of each beside the record."""

from __future__ import annotations

from typing import Any

from db.codes import code_list
from db.registers.contact_point import ContactPoint
from db.registers.leader import Leader
from db.registers.visit import Visit
from db.rules import dates
from desktop.widgets.editor import Group
from desktop.widgets.filters import Chip
from desktop.widgets.record_panel import RecordPanel
from desktop.widgets.register_page import RegisterPage


def _of_county_rank() -> Any:
    return Leader.rank.in_(sorted(code_list("leader_rank").marked("county")))


class LeaderPage(RegisterPage):
    """The leaders in the order of their list."""

    of = Leader
    columns = (
        Leader.name,
        Leader.rank,
        Leader.unit_name,
        Leader.post_title,
        Leader.phone,
        Leader.from_on,
        Leader.until_on,
    )
    editor = (
        Group("本人", Leader.name, Leader.rank, Leader.post_title, Leader.unit_name, Leader.phone),
        Group("任职", Leader.from_on, Leader.until_on, Leader.position),
        Group("台账里的", Leader.organization, Leader.member),
        Group("备注", Leader.notes),
    )
    chips = (
        Chip(
            "serving", "在任", lambda: (Leader.until_on == "") | (Leader.until_on > dates.today())
        ),
        Chip("county", "处级", _of_county_rank),
        Chip(
            "left", "已离任", lambda: (Leader.until_on != "") & (Leader.until_on <= dates.today())
        ),
    )
    sticky = (Leader.unit_name, Leader.rank, Leader.organization)
    purpose = "先登记有联系点的领导，再到“联系点”里登记联系对象。也可以从表格导入。"

    def make_panel(self) -> RecordPanel:
        """The points and the trips of a leader."""
        columns: dict[type[Any], tuple[Any, ...]] = {
            ContactPoint: (ContactPoint.name, ContactPoint.kind, ContactPoint.from_on, ContactPoint.until_on),
            Visit: (Visit.from_on, Visit.organization, Visit.way, Visit.purpose),
        }  # fmt: skip
        details = ((ContactPoint, ContactPoint.leader), (Visit, Visit.leader))
        return RecordPanel(
            Leader, tuple(self.editor), details, names=("联系点", "走访"), columns=columns
        )


PAGE = LeaderPage
