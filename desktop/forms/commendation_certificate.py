"""荣誉证书: one for each award, with its number; on plain paper or into a bought cover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from db.codes import code_list
from db.commending.programme import fill, text_values
from db.errors import Refusal
from db.registers.commendation import Award, AwardType, Commendation, Nomination
from desktop.forms.commendation_parts import NAMES, bare, quoted
from desktop.typeset.certificate import Certificate, addressed
from desktop.typeset.form import Form, Option, Options
from desktop.typeset.paper import A4_LANDSCAPE
from desktop.typeset.sheet import Sheet

_INNER: Final = Option("inner", "套印内芯", False, help="只印文字，用买来的证书封皮")


@dataclass(frozen=True)
class Granted:
    """One award as its certificate says it."""

    award: Award
    award_type: AwardType
    commendation: Commendation

    def title(self) -> str:
        return str(self.award.recipient)


class AwardCertificate(Form):
    """The certificate of each award of the round, in the order of the list."""

    of = Commendation
    title = "荣誉证书"
    paper = A4_LANDSCAPE
    choices = (NAMES, _INNER)

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        """Every award of these rounds, in the order of the list."""
        found = []
        named = str(options["names"]).replace("，", "、").replace(",", "、").split("、")
        names = {name.strip() for name in named if name.strip()}
        for commendation in records:
            rows = (
                Award.living()
                .where(Award.commendation == commendation)
                .order_by(Award.position, Award.id)
            )
            types = {t.id: t for t in commendation.award_types}
            found += [Granted(a, types[a.award_type_id], commendation) for a in rows]
        if names:
            lost = names - {one.award.recipient for one in found}
            if lost:
                raise Refusal(f"表彰结果里没有“{'、'.join(sorted(lost))}”。")
            found = [one for one in found if one.award.recipient in names]
        return found or [_blank(commendation) for commendation in records]

    def compose(self, sheet: Sheet, subject: Granted, options: Options) -> None:
        """Addressed to the person or the organization, in the office's own words."""
        award, c = subject.award, subject.commendation
        person = code_list("award_kind")[subject.award_type.kind].extra["subject"] in {
            "member",
            "person",
        }
        words, award_words = words_of(subject, person=person)
        sheet.certificate(
            Certificate(
                to=addressed(award.recipient) if person else f"{award.recipient}：",
                words=words,
                award=award_words,
                issuer=c.issuer,
                date=c.granted_on or award.on,
                number=award.certificate,
                inner_page=options["inner"],
            )
        )


def _blank(commendation: Commendation) -> Granted:
    """A certificate to be filled by hand, while nothing has been decided."""
    award_type = AwardType(commendation=commendation, name="　　　　　　", kind="member")
    nomination = Nomination(commendation=commendation, award_type=award_type, name="")
    award = Award(commendation=commendation, award_type=award_type, nomination=nomination)
    award.recipient = "　　　　"
    return Granted(award, award_type, commendation)


def words_of(granted: Granted, *, person: bool) -> tuple[str, str]:
    """The sentence of the certificate and the honour in large type ("" when the office's own words name it)."""
    c, award_type = granted.commendation, granted.award_type
    values = text_values(c.year, c.issuer)
    values |= {"称号": quoted(award_type.name), "姓名": granted.award.recipient}
    if award_type.praise:
        return fill(str(award_type.praise), values), ""
    reason = "成绩突出" if person else "成绩显著"
    giving = "追授荣誉称号" if granted.award.nomination.posthumous else "被评为"
    return f"在{c.year}年度工作中{reason}，{giving}", bare(award_type.name)
