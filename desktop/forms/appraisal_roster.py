"""党员星级评定审批花名册: results with the opinions to be signed, and those not rated with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.codes import code_list
from db.registers.appraisal import Appraisal
from db.rules import dates
from desktop.forms import appraisal_parts as about
from desktop.typeset.form import Option, Options
from desktop.typeset.paper import A4_LANDSCAPE
from desktop.typeset.roster import NAME, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet

TOGETHER, APART = "合为一册", "一支部一册"


class ApprovalRoster(about.RoundForm):
    """The list that the committee signs."""

    title = "党员星级评定审批花名册"
    paper = A4_LANDSCAPE
    signed = True
    choices = (
        about.BRANCH,
        about.ORDER,
        Option("volumes", "分册", APART, (APART, TOGETHER)),
        Option("others", "附未评人员", True),
    )

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        """Everybody on the list of a round, by branch or together."""
        return [
            part
            for appraisal in records
            for part in about.sheets(
                appraisal,
                about.chosen(about.participants(appraisal), options["branch"]),
                options["order"],
                together=options["volumes"] == TOGETHER,
            )
        ]

    def compose(self, sheet: Sheet, subject: Any, options: Options) -> None:
        """Those rated; then those not rated with the reason and its grounds."""
        appraisal: Appraisal = subject.appraisal
        rules = appraisal.rules
        rated = [row for row in subject.rows if row.state == "rated"]
        others = [row for row in subject.rows if row.state != "rated"]
        counter = about.unit(appraisal)
        held = about.counts(rated, rules, counter)
        number = f"审定文号：{appraisal.document}" if appraisal.document else "审定文号："
        day = dates.show(appraisal.decided_on, "chinese") if appraisal.decided_on else ""
        heads = (
            f"党组织（盖章）：{subject.branch or appraisal.organization.name}",
            number,
            f"审定日期：{day or '　　年　　月　　日'}",
        )
        title = f"{appraisal.name}审批花名册"
        if rated or not others:
            sheet.roster(
                Roster(
                    title=title,
                    heads=heads,
                    columns=_columns(appraisal, bool(subject.branch)),
                    summary=(f"参评 {len(rated)} {counter}。{held}。",) if held else (),
                    foot=("支部书记", "党委负责人", "审核", "制表"),
                    row=7.6,
                ),
                rated,
            )
        if options["others"] and others:
            if rated:
                sheet.page()
            sheet.roster(
                Roster(
                    title=f"{appraisal.name}未评人员名单",
                    heads=heads[:1],
                    columns=(
                        ORDINAL,
                        Column("姓名", 28, value=lambda row: row.name, kind=NAME),
                        Column("党支部", 70, value=lambda row: row.branch_name, kind=TEXT),
                        Column("情况", 22, value=_state),
                        Column("原因", 60, value=lambda row: row.reason, kind=TEXT),
                        Column("依据", 60, value=_grounds, kind=TEXT),
                    ),
                    foot=("支部书记", "审核", "制表"),
                    row=7.6,
                ),
                others,
            )


def _columns(appraisal: Appraisal, one_branch: bool) -> list[Column]:
    rules = appraisal.rules
    person = appraisal.subject != "organization"
    found = [
        ORDINAL,
        Column(
            about.who(appraisal),
            26 if person else 56,
            value=lambda row: row.name,
            kind=NAME if person else TEXT,
        ),
    ]
    if person and not one_branch:
        found.append(Column("党支部", 48, value=lambda row: row.branch_name, kind=TEXT))
    if person:
        categories = code_list("member_category")
        found.append(Column("人员类别", 18, value=lambda row: categories.short_of(row.category)))
    found += [
        Column("得分", 16, value=about.total),
        Column(f"拟定{about.word(rules)}", 20, value=lambda row: row.level),
        Column("上期", 20, value=lambda row: row.last_level),
        Column("升降", 12, value=about.movement),
        Column("升降原因", 34, value=lambda row: row.movement_reason, kind=TEXT),
        Column("支部意见", 24),
        Column("党委审定", 24),
        Column("备注", 22, value=_remark, kind=TEXT),
    ]
    return found


def _remark(row: Any) -> str:
    return f"组织认定（测算{row.reckoned}）" if row.decided else ""


def _state(row: Any) -> str:
    return code_list("participation").label_of(row.state)


def _grounds(row: Any) -> str:
    said = ["本人申请"] if row.wish else []
    if row.meeting_on:
        said.append(f"{dates.show(row.meeting_on, 'chinese')}党员大会通过")
    return "，".join(said)
