"""What the sheets of a commendation share: whom they are for, opinions, and a recipient in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any, Final

from db.codes import code_list
from db.commending.programme import text_values
from db.errors import Refusal
from db.registers.commendation import AwardType, Commendation, Nomination, Opinion
from db.rules import dates
from desktop.typeset.form import BLANK, Form, Option, Options
from desktop.typeset.mark import Mark, short_number
from desktop.typeset.paper import A4, SIZES
from desktop.typeset.sheet import Sheet

if TYPE_CHECKING:
    from desktop.typeset.grid import Grid

EVERYBODY: Final = "全部推荐对象"
CHOSEN: Final = "入选对象"
WHO: Final = Option("who", "打印对象", EVERYBODY, (EVERYBODY, CHOSEN))
NAMES: Final = Option("names", "只打印", help="姓名或名称，用顿号隔开；空着全部打印")
#: The rank of 旗县 among the levels of honours: from here on the county's boxes stand on the form.
_COUNTY: Final = 4
_CHUNK: Final = 500


@dataclass(frozen=True)
class Recipient:
    """One nomination with what its form needs, read for many at once."""

    nomination: Nomination
    award_type: AwardType
    commendation: Commendation
    opinions: Mapping[str, Opinion] = field(default_factory=dict)

    @property
    def id(self) -> int:
        return int(self.nomination.id or 0)

    @property
    def frozen(self) -> dict[str, Any]:
        """What the recipient was when put forward."""
        return dict(self.nomination.snapshot or {})

    def title(self) -> str:
        return str(self.nomination.name or self.award_type.name)


def recipients(
    records: Iterable[Any], options: Options, subjects: frozenset[str], blank: str
) -> list[Recipient]:
    """The nominations of these rounds (or these nominations) whose award type is for such a subject.

    A round without any gives one empty form, of an award called `blank`, to be filled by hand.
    """
    found: list[Recipient] = []
    for commendation, nominations in _by_round(records):
        types = {t.id: t for t in AwardType.select().where(AwardType.commendation == commendation)}
        wanted = [n for n in nominations if _subject(n, types[n.award_type_id]) in subjects]
        wanted = _chosen(wanted, options)
        wanted.sort(key=lambda n: (types[n.award_type_id].position or 0, n.rank or 10**9, n.id))
        opinions = _opinions([n.id for n in wanted])
        found += [
            Recipient(n, types[n.award_type_id], commendation, opinions.get(n.id, {}))
            for n in wanted
        ]
        if not nominations:
            found.append(_empty(commendation, types.values(), subjects, blank))
    return found


def _by_round(records: Iterable[Any]) -> Iterator[tuple[Commendation, list[Nomination]]]:
    loose: dict[int, list[Nomination]] = defaultdict(list)
    for record in records:
        if isinstance(record, Commendation):
            yield record, live_nominations(record)
        else:
            loose[record.commendation_id].append(record)
    for ident, nominations in loose.items():
        yield Commendation.get_by_id(ident), nominations


def live_nominations(commendation: Commendation) -> list[Nomination]:
    """The nominations that still stand in the round."""
    live = sorted(code_list("nomination_state").marked("live"))
    return list(
        Nomination.living().where(
            Nomination.commendation == commendation, Nomination.state.in_(live)
        )
    )


def _subject(nomination: Nomination, award_type: AwardType) -> str:
    return "member" if nomination.member_id else award_type.subject


def _chosen(nominations: list[Nomination], options: Options) -> list[Nomination]:
    if options.get("who") == CHOSEN:
        marked = code_list("nomination_state").marked("chosen")
        nominations = [n for n in nominations if n.state in marked]
    named = str(options.get("names") or "").replace("，", "、").replace(",", "、").split("、")
    names = {name.strip() for name in named if name.strip()}
    if not names:
        return nominations
    lost = names - {n.name for n in nominations}
    if lost:
        raise Refusal(f"推荐对象里没有“{'、'.join(sorted(lost))}”。")
    return [n for n in nominations if n.name in names]


def _opinions(ids: Sequence[int]) -> dict[int, dict[str, Opinion]]:
    found: dict[int, dict[str, Opinion]] = defaultdict(dict)
    for start in range(0, len(ids), _CHUNK):
        part = list(ids[start : start + _CHUNK])
        for one in Opinion.living().where(Opinion.nomination.in_(part)).order_by(Opinion.id):
            found[one.nomination_id][one.organ] = one
    return found


def _empty(
    commendation: Commendation, types: Iterable[AwardType], subjects: frozenset[str], blank: str
) -> Recipient:
    ordered = sorted(types, key=lambda t: t.position or 0)
    award_type = next((t for t in ordered if t.subject in subjects), None)
    if award_type is None:
        award_type = AwardType(commendation=commendation, name=blank, kind="member")
    return Recipient(Nomination(name=""), award_type, commendation)


class ApprovalForm(Form):
    """推荐审批表: both sides of an A4 sheet, one recipient each; longer deeds on a page of their own.

    `subjects` are the kinds of award it is for, `blank` the award of an empty form, `deeds_on_form`
    the characters of deeds that can still be read on the form itself.
    """

    of = Commendation
    paper = A4.with_margins(21, 18, 13, 24)
    signed = True
    choices = (WHO, NAMES, BLANK)
    subjects: frozenset[str]
    blank: str
    deeds_on_form: int

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        """Those put forward for such an award."""
        return recipients(records, options, self.subjects, self.blank)

    def mark(self, subject: Recipient) -> Mark | None:
        """The number of the nomination; an empty form to be filled by hand has none."""
        return Mark(self.id, subject.id, short_number(subject.id)) if subject.id else None

    def compose(self, sheet: Sheet, subject: Recipient, options: Options) -> None:
        """The front, the opinions on the back, and the deeds when they are long."""
        n = subject.nomination
        sheet.title(f"{bare(subject.award_type.name)}推荐审批表")
        nominator = n.nominator.name if n.nominator is not None else ""
        taken = dates.show(subject.frozen.get("taken_on", ""), "chinese")
        sheet.heads(f"填报单位（盖章）：{nominator}", f"填表日期：{taken or '　　年　　月　　日'}")
        deeds = n.deeds.strip()
        apart = len(deeds) > self.deeds_on_form
        self.front(sheet, subject, f"{n.brief}\n（主要事迹材料另附）" if apart else deeds)
        limit = subject.award_type.deeds_limit
        words = f"主要事迹限{limit}字。" if limit else ""
        sheet.note(f"注：本表一式三份，正反面打印。{words}意见栏由各单位签署并加盖公章。")
        sheet.page()
        skip = frozenset({"branch"}) if subject.award_type.subject == "unit" else frozenset()
        with sheet.grid(13, 72, 13, 70) as grid:
            opinion_boxes(grid, subject, label=1, left=1, right=1, skip=skip)
        if apart:
            sheet.page()
            sheet.title(f"{n.name}主要事迹", SIZES["小二"])
            sheet.paragraph(deeds)

    def front(self, sheet: Sheet, subject: Recipient, deeds: str) -> None:
        """The table of the front, with the deeds as they fit."""
        raise NotImplementedError


# -- words --------------------------------------------------------------------------------


def month(value: str) -> str:
    """A date to the month, as forms print it: 1986.07."""
    return dates.show(value[:7]) if value else ""


def unit_and_post(nomination: Nomination) -> str:
    """工作单位及职务 in one line."""
    unit, post = str(nomination.unit_name), str(nomination.post_title)
    if not post and nomination.member_id and unit.endswith("支部"):
        return f"{unit}党员"
    if post and unit and post.startswith(unit):
        return post
    # A Party post elsewhere carries its own organization's name: …人民政府、…党支部书记.
    between = "、" if unit and any(word in post for word in ("党支部", "党委", "总支")) else ""
    return f"{unit}{between}{post}" if post else unit


def honours_and_sanctions(frozen: Mapping[str, Any]) -> str:
    """何时何地受过何种奖励、处分, one a line; 无 when the record holds none."""
    lines = []
    for one in frozen.get("honours", ()):
        giver = f"被{one['giver']}授予" if one.get("giver") else "获"
        lines.append(f"{dates.show(one['on'], 'chinese')}，{giver}“{bare(one['title'])}”称号；")
    for one in frozen.get("sanctions", ()):
        organ = f"{one['organ']}给予" if one.get("organ") else "受"
        lines.append(f"{dates.show(one['on'], 'chinese')}，{organ}{one['kind']}处分；")
    if lines:
        lines[-1] = lines[-1].removesuffix("；") + "。"
    elif frozen:
        lines.append("无。")
    return "\n".join(lines)


def bare(title: str) -> str:
    """A title without quotation marks of its own around the whole."""
    if title.startswith("“") and title.endswith("”") and title.count("“") == 1:
        return title[1:-1]
    return title


def title_lines(atoms: Sequence[str], widest: int = 20) -> str:
    """A title of pieces that must not be torn, in as few and as even lines as fit; joined by newlines."""
    for count in range(1, len(atoms) + 1):
        for cuts in sorted(combinations(range(1, len(atoms)), count - 1)):
            lines = _cut(atoms, cuts)
            if max(map(len, lines)) <= widest:
                break
        else:
            continue
        every = (_cut(atoms, cuts) for cuts in combinations(range(1, len(atoms)), count - 1))
        return "\n".join(min(every, key=lambda lines: max(map(len, lines))))
    return "\n".join(atoms)


def _cut(atoms: Sequence[str], cuts: Sequence[int]) -> list[str]:
    edges = [0, *cuts, len(atoms)]
    return ["".join(atoms[a:b]) for a, b in pairwise(edges)]


def quoted(title: str) -> str:
    """A title in quotation marks; inner ones become single."""
    return f"“{bare(title).replace('“', '‘').replace('”', '’')}”"


def opinion_words(opinion: Opinion | None) -> str:
    """The words of an opinion; a branch's with its meeting."""
    if opinion is None:
        return ""
    words = str(opinion.words).strip()
    if not code_list("opinion_organ")[opinion.organ].is_marked("meeting"):
        return words
    told = []
    if opinion.expected is not None:
        told.append(f"应到{opinion.expected}人")
    if opinion.present is not None:
        told.append(f"实到{opinion.present}人")
    if opinion.approving is not None:
        told.append(f"赞成{opinion.approving}票")
    if not told:
        return words
    on = f"{dates.show(opinion.on, 'chinese')}" if opinion.on else ""
    closing = words if words.endswith(("。", "！")) else f"{words}。" if words else ""
    return f"经{on}支部党员大会讨论（{'，'.join(told)}），{closing or '同意推荐。'}"


def opinion_boxes(
    grid: Grid,
    recipient: Recipient,
    *,
    label: int,
    left: int,
    right: int,
    skip: frozenset[str] = frozenset(),
) -> None:
    """The opinion boxes of an approval form: rows that share what is left of the page.

    The grid has columns `label` + `left` + `label` + `right`; halves stand side by side.
    """
    county = _is_county(recipient.commendation)
    organs = [
        one
        for one in code_list("opinion_organ")
        if one.code not in skip and (county or not one.is_marked("county"))
    ]
    waiting = None
    for one in organs:
        if one.is_marked("half") and waiting is None:
            waiting = one
            continue
        row = grid.row(fill=1)
        for box, span in (
            ((waiting, left), (one, right)) if waiting else ((one, left + label + right),)
        ):
            assert box is not None
            given = recipient.opinions.get(box.code)
            row.label(box_label(box.label, recipient.commendation), label, upright=True)
            row.opinion(
                opinion_words(given),
                span,
                sign=f"{box.extra['sign']}：" if "sign" in box.extra else "",
                date=dates.show(given.on, "chinese") if given and given.on else "",
            )
        waiting = None


def box_label(label: str, commendation: Commendation) -> str:
    """The label of an opinion box; where nothing stands above it the committee's box approves."""
    if label == "基层党委意见":
        return label if _is_county(commendation) else "党委审批意见"
    area = text_values(commendation.year, commendation.issuer)["域"]
    county = f"{area}委" if area in {"旗", "县", "市", "区"} else "旗县委"
    return label.replace("（嘎查村党组织）", "").replace("旗县委", county)


def _is_county(commendation: Commendation) -> bool:
    levels = code_list("honour_level")
    if commendation.level not in levels:
        return False
    return int(levels[commendation.level].extra.get("rank", 9)) <= _COUNTY
