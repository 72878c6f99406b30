"""The towns, their villages and the branches of fields, pastures and cooperatives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from db.demonstration.tree import County, Unit
from db.demonstration.words import share_out, spread


def grow_villages(county: County) -> None:
    """The town committees and everything of the 农牧区 under them."""
    for town in county.places["towns"]:
        _grow_town(county, town)
    _grow_villages(county)
    _grow_cooperatives(county)


def _grow_town(county: County, town: dict[str, Any]) -> None:
    name = town["name"]
    county.add(
        f"{name}党委",
        "committee",
        "pastoral",
        None,
        town=name,
        township=True,
        short_name=name,
        unit_name=f"{name}人民政府",
        unit_kind="sum" if name.endswith("苏木") else "town",
        unit_code=county.legal("11"),
        address=f"{name}政府所在地",
        mongolian=town["mongolian"],
    )


# The villages ------------------------------------------------------------------------


def _village_names(county: County) -> Iterator[tuple[dict[str, Any], str]]:
    rng, rural = county.rng, county.shape["rural"]
    lists = county.places["villages"]
    both = next(name for name in lists["cun"] if name in lists["gacha"])
    gachas = [n for n in lists["gacha"] if n != both]
    cuns = [n for n in lists["cun"] if n not in (both, rural["village_committee"])]
    rng.shuffle(gachas)
    rng.shuffle(cuns)
    for town in county.places["towns"]:
        chosen = []
        if town["name"] == rural["village_committee_town"]:
            chosen = [rural["village_committee"] + "村", both + "村", both + "嘎查"]
        pastures = round((town["villages"] - len(chosen)) * min(95, town["mongolian"] * 1.6) / 100)
        pastures = min(pastures, len(gachas))
        chosen += [gachas.pop() + "嘎查" for _ in range(pastures)]
        chosen += [cuns.pop() + "村" for _ in range(town["villages"] - len(chosen))]
        yield from ((town, name) for name in chosen)


def _grow_villages(county: County) -> None:
    rng, rural = county.rng, county.shape["rural"]
    committees = county.town_committees()
    villages = list(_village_names(county))
    singular = rural["village_committee"] + "村"
    large = set(rng.sample([n for _, n in villages if n != singular and "哈沙图" not in n],
                           rural["village_general_branches"]))  # fmt: skip
    inside = rural["members"] - rural["cooperatives"] * rural["cooperative_members"]
    shares = share_out(inside, [town["share"] for town in county.places["towns"]])
    share_of = dict(zip((t["name"] for t in county.places["towns"]), shares, strict=True))
    branches: dict[str, list[tuple[Unit, float]]] = {}
    for town, name in villages:
        above = committees[town["name"]]
        mine = branches.setdefault(town["name"], [])
        weight = rng.lognormvariate(0, 0.28)
        if name == singular:
            top = _village(county, above, town, name, "committee")
            parts = rural["village_committee_branches"]
            mine += [
                (b, weight * 2.4 / parts * rng.uniform(0.5, 1.6))
                for b in _parts(county, top, name, parts)
            ]
        elif name in large:
            top = _village(county, above, town, name, "general_branch")
            mine += [
                (b, weight * 0.64 * rng.uniform(0.6, 1.5)) for b in _parts(county, top, name, 3)
            ]
        else:
            mine.append((_village(county, above, town, name, "branch"), weight))
    for town_name, parts in branches.items():
        sizes = share_out(
            share_of[town_name], [w for _, w in parts], rural["smallest"], rural["largest"]
        )
        for (unit, _), size in zip(parts, sizes, strict=True):
            unit.size = size


def _village(county: County, above: Unit, town: dict[str, Any], name: str, kind: str) -> Unit:
    word = {"committee": "党委", "general_branch": "党总支", "branch": "党支部"}[kind]
    gacha = name.endswith("嘎查")
    return county.add(
        name + word,
        kind,
        "pastoral",
        above,
        village=True,
        short_name=name,
        unit_name=f"{name}{'' if gacha else '村民'}委员会",
        unit_kind="gacha" if gacha else "village",
        unit_code=county.legal("54"),
        address=f"{town['name']}{name}",
        profile="village",
        mongolian=min(96, round(town["mongolian"] * (1.7 if gacha else 0.55))),
    )


def _parts(county: County, top: Unit, name: str, count: int) -> list[Unit]:
    trades = ["种植业", "养殖业", "流通业", "劳务输出", "加工业"]
    county.rng.shuffle(trades)
    return [
        county.add(
            f"{name}{trades[i] if count > 3 else ('第一', '第二', '第三')[i]}党支部",
            "branch",
            "pastoral",
            top,
            unit_situation="same_as_parent",
            address=top.address,
            profile="village",
            mongolian=top.mongolian,
        )
        for i in range(count)
    ]


def _grow_cooperatives(county: County) -> None:
    rng, rural = county.rng, county.shape["rural"]
    names = list(county.shape["pools"]["cooperatives"])
    rng.shuffle(names)
    committees = county.town_committees()
    towns = [t["name"] for t in county.places["towns"]]
    count = rural["cooperatives"]
    sizes = spread(rng, count * rural["cooperative_members"], count, 3, 24)
    for i, (name, size) in enumerate(zip(names, sizes, strict=False)):
        above = committees[towns[i % len(towns)]]
        county.add(
            f"{above.town}{name}专业合作社党支部",
            "branch",
            "pastoral",
            above,
            short_name=f"{name}合作社",
            unit_name=f"{above.town}{name}农牧民专业合作社",
            unit_kind="cooperative",
            unit_code=county.legal("93"),
            address=above.town,
            profile="cooperative",
            size=size,
            mongolian=above.mongolian,
            cooperative=True,
        )
