"""A round of commendation from its opening through its steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from db import access, identity, journal
from db.bulk import save_many
from db.codes import code_list
from db.commending import presets
from db.commending.quotas import reckon
from db.commending.tree import Tree
from db.errors import Refusal
from db.registers.commendation import AwardType, Commendation, Nomination, Quota
from db.registers.organization import Organization
from db.rules import dates
from db.rules.eligibility import default_settings

STEM = "commendation"
LABEL = "表彰"
_PARTY_FOUNDED = 1921
_AREA_ENDINGS = ("苏木", "镇", "乡", "旗", "县", "街道", "市", "区")


def open_programme(
    preset_id: str,
    year: int,
    *,
    scope: Organization | None = None,
    name: str = "",
    issuer: str = "",
    spread_over: tuple[int, ...] | None = None,
) -> Commendation:
    """Open a round from a preset: its award types, texts, conditions, and its quotas reckoned.

    Quotas stand for the organizations directly below `scope` (or for `spread_over`).
    """
    found = presets.preset(preset_id)
    office = identity.identity()
    issued_by = issuer or formal_name(scope.name if scope is not None else office.office_name)
    received_by = office.office_name if formal_name(office.office_name) == issued_by else issued_by
    words = text_values(year, issued_by)
    settings = default_settings()
    for check, setting in found.eligibility.items():
        settings.setdefault(check, {}).update(setting)
    title = name or f"{year}年{found.name.partition('（')[0]}"
    with journal.operation(f"开展{title}", kind="open"):
        commendation = Commendation(
            name=title,
            year=year,
            level=found.level,
            scope=scope,
            basis=fill(found.basis, words),
            notice_days=found.notice_days,
            notice_unit=found.notice_unit,
            notice_organ=received_by,
            issuer=issued_by,
            addressees=fill(found.addressees, words),
            preface=fill(found.preface, words),
            call=fill(found.call, words),
            certificate_words=found.certificate_words,
            eligibility=settings,
        )
        commendation.save()
        _add_awards(commendation, found, spread_over)
    return commendation


def _add_awards(
    commendation: Commendation, preset: presets.Preset, spread_over: tuple[int, ...] | None
) -> None:
    below = spread_over
    if below is None:
        tree = Tree.load()
        below = tuple(node.id for node in tree.below(commendation.scope_id or tree.root()))
    types, quotas = [], []
    for position, award in enumerate(preset.awards, 1):
        award_type = AwardType(
            commendation=commendation,
            name=award.name,
            award=award.award,
            kind=award.kind,
            pool=award.pool,
            position=position,
            places=award.places,
            ratio=award.ratio,
            deeds_limit=award.deeds_limit,
            group_words=award.group_words,
            praise=award.praise,
        )
        types.append(award_type)
        if award.share is not None:
            quotas += [(award_type, organization, award.share) for organization in below]
    save_many(types)
    rows = []
    for award_type, organization, share in quotas:
        quota = Quota(award_type=award_type, organization=organization, base=share.base)
        quota.number, quota.rounding = share.number, share.rounding
        quota.percent = Quota._meta.fields["percent"].parse(share.percent)
        rows.append(quota)
    save_many(rows)
    reckon(commendation)


def formal_name(name: str) -> str:
    """The committee that issues documents: 西召镇党委 → 中共西召镇委员会; its departments are not it."""
    for department in ("组织部", "党建办公室", "党建办", "办公室"):
        if name.endswith((f"委{department}", f"委员会{department}")):
            name = name.removesuffix(department)
    if name.startswith(("中共", "中国共产党")):
        return name
    if name.endswith("党委"):
        return f"中共{name.removesuffix('党委')}委员会"
    if name.endswith(("旗委", "县委", "市委", "区委")):
        return f"中共{name}员会"
    return name


def text_values(year: int, issuer: str) -> dict[str, str]:
    """What {年}, {周年}, {机关} and {域} stand for in the texts of a round."""
    area = issuer.removeprefix("中共").removeprefix("中国共产党")
    for ending in ("委员会", "党委", "工委", "委"):
        area = area.removesuffix(ending)
    last = next((end for end in _AREA_ENDINGS if area.endswith(end)), "")
    short = {"街道": "街道"}.get(last, last)
    return {
        "年": str(year),
        "周年": str(year - _PARTY_FOUNDED),
        "机关": issuer,
        "域": short,
    }


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with {年} and the like replaced; unknown words in braces stay."""
    if not values.get("域"):
        text = text.replace("全{域}", "")
    for key, value in values.items():
        text = text.replace("{" + key + "}", value)
    return text


_STEPS: tuple[str, ...] = ("draft", "nominating", "reviewing", "notice", "decided", "granted")


def step_words(step: str) -> str:
    """The step as people say it."""
    return code_list("commendation_step").label_of(step)


def require_step(commendation: Commendation, *steps: str) -> None:
    """Refuse in words unless the round stands at one of these steps."""
    if commendation.step not in steps:
        wanted = "、".join(f"“{step_words(step)}”" for step in steps)
        raise Refusal(
            f"“{commendation.name}”现在是“{step_words(commendation.step)}”，在{wanted}时才能这样做。"
        )


def _move(commendation: Commendation, step: str, words: str, **fields: Any) -> None:
    with journal.operation(words, kind="step"):
        commendation.step = step
        for name, value in fields.items():
            setattr(commendation, name, value)
        commendation.save()


def start_nominating(commendation: Commendation, until: str = "") -> None:
    """草稿 → 推荐."""
    require_step(commendation, "draft")
    if not AwardType.living().where(AwardType.commendation == commendation).exists():
        raise Refusal("还没有表彰项目，请先添加。")
    _move(
        commendation,
        "nominating",
        f"“{commendation.name}”开始推荐",
        nominate_until=until or commendation.nominate_until,
    )


def start_reviewing(commendation: Commendation, on: str = "") -> None:
    """推荐 → 资格审查."""
    require_step(commendation, "nominating")
    if not Nomination.living().where(Nomination.commendation == commendation).exists():
        raise Refusal("还没有推荐对象。")
    _move(
        commendation,
        "reviewing",
        f"“{commendation.name}”进入资格审查",
        reviewed_on=on or dates.today(),
    )


def step_back(commendation: Commendation, reason: str) -> None:
    """Back to the step before, with a reason; what was decided is taken back by undo only."""
    if commendation.step in {"draft", "decided", "granted"}:
        raise Refusal(
            f"“{step_words(commendation.step)}”不能直接退回。"
            + ("决定作出后要更改，请在操作记录里撤销。" if commendation.step != "draft" else "")
        )
    if not reason.strip():
        raise Refusal("请写明退回的原因。")
    before = _STEPS[_STEPS.index(commendation.step) - 1]
    words = f"“{commendation.name}”退回{step_words(before)}：{reason.strip()}"
    _move(commendation, before, words)


def set_condition(commendation: Commendation, check: str, **setting: Any) -> None:
    """Change one eligibility condition of this round: its mode or its numbers."""
    access.require("write", STEM, LABEL)
    settings = {key: dict(value) for key, value in (commendation.eligibility or {}).items()}
    settings.setdefault(check, {}).update(setting)
    commendation.eligibility = settings
    commendation.save()
