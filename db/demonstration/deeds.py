"""Deeds, résumés and opinions for the nomination forms of the training county."""

from __future__ import annotations

from random import Random

from db.demonstration.people import Person
from db.demonstration.words import words
from db.rules import dates


def brief(rng: Random, kind: str, unit: str) -> str:
    """One sentence for the list of nominees; kind is rural, official or organization."""
    return _filled(rng, rng.choice(words("deeds")[kind]["brief"]), "", unit)


def deeds(rng: Random, kind: str, name: str, unit: str, limit: int, sentences: int = 5) -> str:
    """The deeds as the form asks for them, within the number of characters allowed."""
    lists = words("deeds")[kind]
    body = rng.sample(lists["body"], min(sentences, len(lists["body"])))
    text = _filled(rng, rng.choice(lists["opening"]), name, unit)
    for sentence in [*body, rng.choice(lists["closing"])]:
        filled = _filled(rng, sentence, name, unit)
        if len(text) + len(filled) <= limit:
            text += filled
    return text


def _filled(rng: Random, text: str, name: str, unit: str) -> str:
    return text.format(
        name=name,
        unit=unit,
        n=rng.randint(3, 28),
        m=rng.randint(4, 46),
        k=rng.randint(3, 6),
        trade=rng.choice(words("deeds")["words"]["trades"]),
    )


def resume(person: Person, unit: str) -> str:
    """A short course of life."""
    rural = not person.worked_from
    born = person.born.isoformat()[:7]
    worked = person.worked_from or f"{person.born.year + 18}"
    return str(words("deeds")["words"]["resume_rural" if rural else "resume_official"]).format(
        born=dates.show(born, "chinese"),
        worked=dates.show(worked, "chinese"),
        joined=dates.show(person.joined_on[:7], "chinese"),
        unit=person.unit_name or unit,
        title=person.post_title,
    )


def agreed(rng: Random) -> str:
    """What a branch writes."""
    return str(rng.choice(words("deeds")["words"]["agreed"]))
