from __future__ import annotations

import copy
from typing import Any

import pytest

from db.errors import Refusal
from db.rules.scheme_presets import preset, presets
from db.rules.scheme_reading import read_scheme


def body(**over: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": "试行办法",
        "raters": [{"id": "branch", "name": "支部评定", "weight": 100}],
        "items": [{"id": "a", "name": "学习", "max": 60}, {"id": "b", "name": "服务", "max": 40}],
        "levels": [{"name": "不合格"}, {"name": "合格", "from": 60}],
        "steps": [{"kind": "meeting", "name": "支部评定", "raters": ["branch"]}],
    }
    return {**made, **over}


def refusal(**over: Any) -> str:
    with pytest.raises(Refusal) as caught:
        read_scheme(body(**over))
    return caught.value.message


def test_every_shipped_scheme_is_read_and_has_its_own_name() -> None:
    names = [one.scheme.name for one in presets()]
    assert len(names) == len(set(names)) >= 22


def test_a_body_survives_a_trip_through_json() -> None:
    import json

    for one in presets():
        again = read_scheme(json.loads(json.dumps(one.body, ensure_ascii=False)))
        assert again == one.scheme


def test_a_gap_between_bands_is_named_with_both_ends() -> None:
    words = refusal(
        levels=[
            {"name": "不合格"},
            {"name": "四星级", "from": 90, "to": 95},
            {"name": "五星级", "from": 96},
        ]
    )
    assert "四星级" in words
    assert "95 至 96 分之间没有着落" in words


def test_an_overlap_of_bands_is_named() -> None:
    words = refusal(
        levels=[{"name": "差"}, {"name": "中", "from": 60, "to": 85}, {"name": "好", "from": 80}]
    )
    assert "80 至 85 分之间归了两档" in words


def test_bands_must_rise() -> None:
    words = refusal(levels=[{"name": "差"}, {"name": "好", "from": 80}, {"name": "中", "from": 60}])
    assert "“中”的起点应高于“好”" in words


def test_a_band_that_nobody_can_reach_is_refused() -> None:
    assert "最多只能得 100" in refusal(levels=[{"name": "差"}, {"name": "好", "from": 101}])


def test_a_band_finer_than_the_rounding_is_refused() -> None:
    words = refusal(rounding={"places": 0}, levels=[{"name": "差"}, {"name": "好", "from": "89.5"}])
    assert "保留的小数位更细" in words


def test_an_id_used_twice_is_refused() -> None:
    items = [{"id": "a", "name": "学习", "max": 60}, {"id": "a", "name": "服务", "max": 40}]
    assert "“a”出现了两次" in refusal(items=items)


def test_a_misspelt_key_is_not_lost() -> None:
    items = [{"id": "a", "name": "学习", "max": 100, "maks": 20}]
    words = refusal(items=items)
    assert "考核项目第1项“学习”" in words
    assert "maks" in words


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(Refusal) as caught:
        read_scheme(body(subject="cat", base="x"))
    assert len(caught.value.faults) >= 2


def test_points_finer_than_a_hundredth_are_refused() -> None:
    assert "0.125" in refusal(items=[{"id": "a", "name": "学习", "max": "0.125"}])


def test_an_unknown_level_in_a_limit_is_refused() -> None:
    assert "没有“六星级”这个等次" in refusal(limits=[{"level": "六星级", "share": "5%"}])


def test_raters_without_any_weight_cannot_make_a_number() -> None:
    raters = [{"id": "branch", "name": "支部评定", "weight": 0}]
    assert "权重都是 0" in refusal(raters=raters)


def test_a_rater_without_a_step_is_refused() -> None:
    steps = [{"kind": "notice", "name": "公示"}]
    assert "没有写“支部评定”在哪一步评分" in refusal(steps=steps)


@pytest.mark.parametrize("key", ["items", "levels", "steps", "raters", "limits", "vetoes"])
@pytest.mark.parametrize("junk", ["x", 3, [1], [None], {"a": 1}, [{}]])
def test_junk_anywhere_is_refused_in_words_and_never_breaks(key: str, junk: Any) -> None:
    with pytest.raises(Refusal):
        read_scheme(body(**{key: junk}))


def test_junk_in_shipped_bodies_never_breaks() -> None:
    for one in presets():
        for key in one.body:
            damaged = copy.deepcopy(one.body)
            damaged[key] = {"bad": object}
            with pytest.raises(Refusal):
                read_scheme(damaged)


def test_the_full_points_of_a_scheme_by_groups_are_those_of_one_group() -> None:
    assert preset("grouped").scheme.full() == 10000
