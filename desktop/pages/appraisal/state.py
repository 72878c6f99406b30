"""What a round's page shows, read on the database worker as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from peewee import fn

from db.rating import steps
from db.rating.reckoning import TieBreak, board, ties_of
from db.registers.appraisal import Appraisal, Objection, Participant, Stage
from db.rules.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch with people in the round."""

    id: int | None
    name: str
    rated: int


@dataclass(frozen=True)
class RoundState:
    """A round as it stands."""

    appraisal: Any
    rules: Scheme
    steps: tuple[steps.StepView, ...]
    branches: tuple[Branch, ...]
    states: dict[str, int]
    levels: dict[str, int]
    open_objections: int
    decider: str
    ties: tuple[TieBreak, ...] = field(default=())

    @property
    def rated(self) -> int:
        """How many take part."""
        return self.states.get("rated", 0)

    @property
    def judged(self) -> int:
        """How many have a level."""
        return sum(self.levels.values())

    @property
    def unit(self) -> str:
        """The measure word of the subjects."""
        return {"member": "人", "household": "户"}.get(self.appraisal.subject, "个")

    def sentence(self) -> str:
        """The state of the round in one sentence."""
        a = self.appraisal
        out = self.states.get("exempt", 0), self.states.get("excluded", 0)
        words = f"参评 {self.rated} {self.unit}"
        words += f"，免评 {out[0]}" if out[0] else ""
        words += f"，不参评 {out[1]}" if out[1] else ""
        if a.sealed_on:
            held = "，".join(f"{name} {count}" for name, count in self.levels.items())
            decided = f"{a.decided_on.replace('-', '.')} {a.decided_by}审定" if a.decided_on else ""
            number = f"（{a.document}）" if a.document else ""
            return f"{words}。{held}。{decided}{number}，已归档。"
        if self.judged < self.rated:
            words += f"；已有结果 {self.judged}，还差 {self.rated - self.judged}"
        else:
            words += "；结果已齐"
        if a.notice_until and self.steps[a.step].kind == "notice":
            words += f"；公示到 {a.notice_until.replace('-', '.')}"
        return words + "。"


def _decider(scope: Any) -> str:
    """党委审定: the nearest committee at or above the scope."""
    organ = scope
    while organ.kind != "committee" and organ.parent is not None:
        organ = organ.parent
    return str(organ.name)


def going_on() -> str:
    """What is going on in all rounds together, in one sentence."""
    a = Appraisal
    total = a.living().count()
    open_ = a.living().where(a.sealed_on == "")
    on_notice = (
        open_.join(Stage, on=Stage.appraisal == a.id)
        .where(Stage.position == a.step, Stage.kind == "notice", Stage.retired == "")
        .count()
    )
    running = open_.count()
    if not total:
        return "还没有开评。"
    words = f"共 {total} 轮：进行中 {running} 轮" if running else f"共 {total} 轮，都已归档"
    if running:
        words += f"，其中公示 {on_notice} 轮" if on_notice else ""
        words += f"；已归档 {total - running} 轮" if total > running else ""
    return words + "。"


def read_round(appraisal_id: int) -> RoundState | None:
    """Everything above the tabs of a round."""
    appraisal = Appraisal.get_or_none(Appraisal.id == appraisal_id)
    if appraisal is None:
        return None
    rules = appraisal.rules
    p = Participant
    mine = (p.appraisal == appraisal_id) & (p.retired == "")
    counted: Any = p.select(p.state, fn.COUNT(p.id)).where(mine).group_by(p.state).tuples()
    states: dict[str, int] = dict(counted)
    counted = (
        p.select(p.level, fn.COUNT(p.id))
        .where(mine, p.state == "rated", p.level != "")
        .group_by(p.level)
        .tuples()
    )
    held: dict[str, int] = dict(counted)
    levels = {one.name: held[one.name] for one in reversed(rules.levels) if one.name in held}
    rows: Any = (
        p.select(p.branch, p.branch_name, fn.COUNT(p.id))
        .where(mine, p.state == "rated")
        .group_by(p.branch, p.branch_name)
        .order_by(fn.MIN(p.id))
        .tuples()
    )
    open_ones = Objection.living().where(Objection.appraisal == appraisal_id)
    limited = bool(rules.limits) and not appraisal.sealed_on
    return RoundState(
        appraisal=appraisal,
        rules=rules,
        steps=tuple(steps.steps(appraisal)),
        branches=tuple(Branch(*row) for row in rows),
        states=states,
        levels=levels,
        open_objections=sum(one.open for one in open_ones),
        decider=_decider(appraisal.organization),
        ties=ties_of(appraisal, board(appraisal)) if limited else (),
    )
