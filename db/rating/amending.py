"""Decisions of people about results: recognise another level, say why somebody moved, correct a sealed round."""

from __future__ import annotations

from collections.abc import Sequence

from db import access, journal
from db.errors import Refusal
from db.rating.reckoning import movement
from db.registers.appraisal import Amendment, Appraisal, Participant, Plate, amending
from db.rules import dates


def recognise(participant: Participant, level: str, reason: str) -> None:
    """组织认定: another level than the numbers say, with the reason; "" takes the recognition back."""
    appraisal: Appraisal = participant.appraisal
    if appraisal.sealed_on:
        raise Refusal(f"“{appraisal.name}”已归档，请作更正登记。")
    rules = appraisal.rules
    if level and level not in rules.level_rank:
        raise Refusal(f"本次办法里没有“{level}”这个等次。")
    participant.decided, participant.decided_reason = level, reason if level else ""
    participant.level = level or participant.reckoned
    participant.rank = rules.level_rank.get(participant.level)
    participant.movement = movement(rules, participant.last_level, participant.level)
    words = f"认定“{participant.name}”为{level}" if level else f"撤销“{participant.name}”的认定"
    with journal.operation(words, kind="rating"):
        participant.save()


def give_reason(participants: Sequence[Participant], reason: str) -> int:
    """升降原因 for one or many."""
    with journal.operation(f"填写升降原因 {len(participants)} 人", kind="rating"):
        for participant in participants:
            participant.movement_reason = reason
            participant.save()
    return len(participants)


def amend(
    participant: Participant,
    level: str,
    reason: str,
    approved_by: str,
    *,
    total: int | None = None,
    on: str = "",
    document: str = "",
) -> Amendment:
    """更正 of a sealed round: the old result stays in the amendment, the new one counts from now on."""
    access.require("approve", "appraisal", "更正评定结果")
    appraisal: Appraisal = participant.appraisal
    if not appraisal.sealed_on:
        raise Refusal(f"“{appraisal.name}”还没有归档，直接修改即可。")
    rules = appraisal.rules
    if level not in rules.level_rank:
        raise Refusal(f"本次办法里没有“{level}”这个等次。")
    made = Amendment(
        participant=participant,
        made_on=on or dates.today(),
        old_level=participant.level,
        new_level=level,
        old_total=participant.total,
        new_total=participant.total if total is None else total,
        reason=reason,
        document=document,
        approved_by=approved_by,
    )
    words = f"更正“{participant.name}”的评定结果"
    with access.approving("appraisal"), journal.operation(words, kind="amend"), amending():
        made.save()
        participant.level, participant.rank = level, rules.level_rank[level]
        participant.total = made.new_total
        participant.movement = movement(rules, participant.last_level, level)
        participant.save()
    return made


def hand_out(
    appraisal: Appraisal, on: str, number: str = "{年}-{序号:3}", start: int = 1
) -> list[Plate]:
    """授星: a numbered plate for everybody whose level has one and who does not hold one yet.

    `number` may use {年} and {序号} (with a width, {序号:3}).
    """
    import re

    rules = appraisal.rules
    hung = {level.name for level in rules.levels if level.plate}
    given = {row[0] for row in Plate.living().select(Plate.participant).tuples()}
    rows = [
        row
        for row in appraisal.participants.where(
            Participant.state == "rated", Participant.retired == ""
        ).order_by(Participant.rank.desc(), Participant.id)
        if row.level in hung and row.id not in given
    ]
    made = []
    with journal.operation(f"登记授星牌 {len(rows)} 块", kind="rating"):
        for place, row in enumerate(rows, start):
            text = number.replace("{年}", str(appraisal.year))
            text = re.sub(
                r"\{序号(?::(\d))?\}",
                lambda match, place=place: f"{place:0{match[1] or 1}d}",  # type: ignore[misc]
                text,
            )
            plate = Plate(participant=row, number=text, level=row.level, issued_on=on)
            plate.save()
            made.append(plate)
    return made
