from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from db.rules.scheme_presets import presets
from db.rules.scoring import score
from db.rules.scoring_sets import score_all
from tests.db.rules.rating import inputs_for


@given(st.data())
def test_the_whole_round_and_the_single_subject_come_to_the_same(data: st.DataObject) -> None:
    rules = data.draw(st.sampled_from(presets())).scheme
    crowd = data.draw(st.lists(inputs_for(rules), max_size=6))
    found = score_all(rules, crowd)
    for number, inputs in enumerate(crowd):
        alone = score(rules, inputs)
        assert found.total(number) == alone.total
        assert found.rounded[number] == alone.rounded
        assert found.ranks[number] == rules.level_rank.get(alone.level)
        assert found.stars[number] == alone.stars
