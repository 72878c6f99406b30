"""The organizations outside the villages: communities, town offices, schools, systems, small units."""

from __future__ import annotations

from typing import Any

from db.demonstration.tree import County, Unit
from db.demonstration.words import share_out, spread

#: Systems whose branches are parts of one unit, and what stands after the names of the others.
_INSIDE = frozenset({"police", "power", "forest", "water", "fertiliser"})
#: Endings of companies' names after which no 公司 is needed.
_COMPLETE = (
    "事务所",
    "酒店",
    "宾馆",
    "超市",
    "商场",
    "药房",
    "厂",
    "城",
    "市场",
    "羊场",
    "营销部",
    "公司",
    "餐饮",
)


def grow_systems(county: County) -> None:
    """Communities, town offices, the county's systems, and the small units under branches."""
    _grow_communities(county)
    _grow_town_units(county)
    for system in county.shape["systems"]:
        _grow_system(county, system)
    _grow_small_units(county)


def _owner(system: dict[str, Any]) -> str:
    return str(system["committee"]).removesuffix("党委").removesuffix("系统")


def _own_name(system: dict[str, Any], name: str) -> str:
    if system["pool"] in _INSIDE:
        return _owner(system) + name
    if system["pool"] == "companies" and not name.endswith(_COMPLETE):
        return name + "公司"
    return name


def _profile(system: dict[str, Any], name: str) -> str:
    return "retired" if "离退休" in name else str(system["pool"])


# Communities, town offices, schools, hospitals ---------------------------------------


def _grow_communities(county: County) -> None:
    rng, plan = county.rng, county.shape["communities"]
    committees = county.town_committees()
    branches: list[Unit] = []
    for i, (name, town) in enumerate(zip(county.places["communities"], plan["towns"], strict=True)):
        large = i < plan["general_branches"]
        top = county.add(
            f"{name}社区{'党总支' if large else '党支部'}",
            "general_branch" if large else "branch",
            "community",
            committees[town],
            short_name=f"{name}社区",
            unit_name=f"{name}社区居民委员会",
            unit_kind="community",
            unit_code=county.legal("55"),
            address=f"{town}{rng.choice(county.places['streets'])}",
            profile="community",
        )
        if not large:
            branches.append(top)
            continue
        branches += [
            county.add(
                f"{name}社区{word}党支部",
                "branch",
                "community",
                top,
                unit_situation="same_as_parent",
                address=top.address,
                profile="community",
            )
            for word in ("第一", "第二", "第三")
        ]
    sizes = spread(rng, plan["members"], len(branches), plan["smallest"], plan["largest"], 0.3)
    for unit, size in zip(branches, sizes, strict=True):
        unit.size = size


def _grow_town_units(county: County) -> None:
    offices, others = [], []
    for committee in county.town_committees().values():
        town = committee.town
        shared = {"unit_situation": "same_as_parent", "mongolian": committee.mongolian}
        seat = {"address": committee.address, "mongolian": committee.mongolian}
        offices += [
            county.add(f"{town}机关党支部", "branch", "agency", committee, profile="office", **shared),
            county.add(f"{town}离退休干部党支部", "branch", "agency", committee, profile="retired", **shared),
        ]  # fmt: skip
        others += [
            county.add(f"{town}中心校党支部", "branch", "institution", committee, profile="school",
                      unit_name=f"{town}中心校", unit_kind="school", unit_code=county.legal("12"), **seat),
            county.add(f"{town}卫生院党支部", "branch", "institution", committee, profile="hospital",
                      unit_name=f"{town}中心卫生院", unit_kind="hospital", unit_code=county.legal("12"), **seat),
        ]  # fmt: skip
    for units, plan in ((offices, "town_offices"), (others, "town_institutions")):
        bounds = county.shape[plan]
        sizes = spread(
            county.rng, bounds["members"], len(units), bounds["smallest"], bounds["largest"], 0.3
        )  # fmt: skip
        for unit, size in zip(units, sizes, strict=True):
            unit.size = size


# The committees of the county's systems ----------------------------------------------


def _grow_system(county: County, system: dict[str, Any]) -> None:
    rng = county.rng
    committee = county.add(
        system["committee"],
        "committee",
        system["domain"],
        None,
        short_name=system["committee"].removesuffix("党委"),
        unit_name=_owner(system),
        unit_kind=system["unit_kind"] if system["unit_kind"].endswith("enterprise") else "agency",
        unit_code=county.legal("11"),
        address=f"{rng.choice(county.places['streets'])}{rng.randrange(1, 99)}号",
    )
    pool = list(county.shape["pools"][system["pool"]])
    wanted = system["general_branches"] + system["branches"]
    tops = rng.sample([n for n in pool if "离退休" not in n], system["general_branches"])
    singles = [name for name in pool if name not in tops][: wanted - len(tops)]
    branches: list[tuple[Unit, float]] = []
    for name in tops:
        top = _unit(county, system, committee, name, "general_branch")
        for number in range(system["branches_each"]):
            branch = county.add(
                f"{top.short_name}第{'一二三四'[number]}党支部",
                "branch",
                system["domain"],
                top,
                unit_situation="same_as_parent",
                address=top.address,
                profile=_profile(system, name),
                mongolian=top.mongolian,
            )
            branches.append((branch, 1.3))
    branches += [(_unit(county, system, committee, name, "branch"), 1.0) for name in singles]
    weights = [weight * rng.lognormvariate(0, 0.5) for _, weight in branches]
    sizes = share_out(system["members"], weights, system["smallest"], system["largest"])
    for (unit, _), size in zip(branches, sizes, strict=True):
        unit.size = size


def _unit(county: County, system: dict[str, Any], committee: Unit, name: str, kind: str) -> Unit:
    own = _own_name(system, name)
    legal = {"private_enterprise": "91", "state_enterprise": "91", "association": "51"}
    unit_kind = system["unit_kind"]
    if system["pool"] == "associations" and name.endswith(("园", "院", "学校", "中心")):
        unit_kind = "private_nonenterprise"
    return county.add(
        f"{own}{'党总支' if kind == 'general_branch' else '党支部'}",
        kind,
        system["domain"],
        committee,
        short_name=own,
        unit_name=own,
        unit_kind=unit_kind,
        unit_code=county.legal(legal.get(unit_kind, "12")),
        address=f"{county.rng.choice(county.places['streets'])}{county.rng.randrange(1, 160)}号",
        profile=_profile(system, name),
        mongolian=78 if "蒙" in name and system["pool"] in ("schools", "hospitals") else 16,
    )


def _grow_small_units(county: County) -> None:
    """党小组 of large branches and 党员中心户 of the pastures; they are no organizations in the counts."""
    rng = county.rng
    for unit in [u for u in county.units if u.kind == "branch" and u.profile == "village"]:
        if unit.unit_kind == "gacha":
            for name in rng.sample(county.places["pasture_groups"], 2 if unit.size > 40 else 1):
                _small(county, unit, f"{name}党员中心户", "household")
        elif unit.size > 45:
            for number in range(max(2, unit.size // 25)):
                _small(county, unit, f"第{'一二三四五'[number]}党小组", "group")


def _small(county: County, branch: Unit, name: str, kind: str) -> None:
    county.add(
        name, kind, "pastoral", branch, unit_situation="same_as_parent", address=branch.address
    )
