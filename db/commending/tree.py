"""The tree of Party organizations, read once for work that asks about many of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from db.codes import code_list
from db.registers.organization import Organization


@dataclass(frozen=True, slots=True)
class Node:
    """What commending asks of one organization."""

    id: int
    parent: int | None
    name: str
    kind: str
    domain: str
    unit_kind: str
    village: bool
    township: bool
    status: str
    election_due: str


def _node(row: Sequence[Any]) -> Node:
    ident, parent, name, kind, domain, unit_kind, village, township, status, due = row
    marks = (bool(village), bool(township))
    return Node(ident, parent, name, kind, domain, unit_kind, *marks, status, due)


class Tree:
    """All living organizations; a line runs from one of them up to its root."""

    def __init__(self, nodes: dict[int, Node]) -> None:
        self.nodes = nodes
        self._children: dict[int | None, list[int]] = {}
        for node in nodes.values():
            self._children.setdefault(node.parent, []).append(node.id)

    @classmethod
    def load(cls) -> Tree:
        """The tree as it stands now."""
        o = Organization
        rows = (
            o.living()
            .select(
                o.id,
                o.parent,
                o.name,
                o.kind,
                o.domain,
                o.unit_kind,
                o.village,
                o.township,
                o.status,
                o.election_due,
            )
            .order_by(o.code, o.id)
            .tuples()
        )
        return cls({row[0]: _node(row) for row in rows.iterator()})

    def line(self, organization: int | None) -> Iterator[Node]:
        """The organization itself, its superior, and so on up."""
        seen: set[int] = set()
        while organization is not None and organization not in seen:
            seen.add(organization)
            node = self.nodes.get(organization)
            if node is None:
                return
            yield node
            organization = node.parent

    def within(self, root: int | None) -> set[int]:
        """The organization and everything below it; None means all."""
        if root is None:
            return set(self.nodes)
        found = {root}
        waiting = [root]
        while waiting:
            for child in self._children.get(waiting.pop(), ()):
                if child not in found:
                    found.add(child)
                    waiting.append(child)
        return found

    def is_within(self, organization: int | None, root: int) -> bool:
        """Whether the organization is this root or stands below it."""
        return any(node.id == root for node in self.line(organization))

    def children(self, root: int | None) -> list[Node]:
        """Those directly below, in the order of their codes."""
        return [self.nodes[i] for i in self._children.get(root, ())]

    def root(self) -> int | None:
        """The one organization that all others stand below; None when there are several."""
        tops = self.children(None)
        return tops[0].id if len(tops) == 1 else None

    def below(self, root: int | None) -> list[Node]:
        """The living organizations of their own directly below, those that nominate."""
        kinds = code_list("organization_kind")
        return [
            node
            for node in self.children(root)
            if node.status == "active" and kinds[node.kind].is_marked("counted")
        ]

    def name(self, organization: int | None) -> str:
        """The full name; "" when it is none of ours."""
        node = self.nodes.get(organization) if organization is not None else None
        return node.name if node else ""
