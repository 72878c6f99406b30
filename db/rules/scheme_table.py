"""One table of a scheme's body: it hands out each value once and reports what is missing, wrong or unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from db.errors import Fault


class Table:
    """One table of the body: hands out its values once, and reports what is missing, wrong or unknown."""

    def __init__(self, data: Mapping[str, Any], place: str, faults: list[Fault]) -> None:
        self.data = data
        self.place = place
        self.faults = faults
        self.used: set[str] = set()

    def fault(self, message: str) -> None:
        """Report a fault of this table."""
        self.faults.append(Fault(self.place, f"{self.place}：{message}" if self.place else message))

    def raw(self, key: str) -> Any:
        """The value as it stands; None when absent."""
        self.used.add(key)
        return self.data.get(key)

    def text(self, key: str, default: str = "", needed: str = "") -> str:
        """A word or sentence; `needed` is the complaint when it is missing."""
        value = self.raw(key)
        if value is None or value == "":
            if needed:
                self.fault(needed)
            return default
        if not isinstance(value, str):
            self.fault(f"“{key}”应为文字")
            return default
        return value.strip()

    def flag(self, key: str, default: bool = False) -> bool:
        """A yes or no."""
        value = self.raw(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.fault(f"“{key}”应为是或否")
            return default
        return value

    def points(self, key: str, default: int | None = None) -> int | None:
        """Points in 1/100."""
        value = self.raw(key)
        if value is None or value == "":
            return default
        try:
            hundredths = Decimal(str(value)) * 100
            whole = int(hundredths)
        except (InvalidOperation, ValueError, OverflowError):
            whole, hundredths = 0, Decimal(1)
        if isinstance(value, bool) or hundredths != whole:
            self.fault(f"分值“{value}”应为最多两位小数的数")
            return default
        return whole

    def number(self, key: str, default: int = 0) -> int:
        """A whole number, not below zero."""
        value = self.raw(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.fault(f"“{key}”应为不小于 0 的整数，现为“{value}”")
            return default
        return value

    def share(self, key: str) -> Fraction | None:
        """A share: "5%", "1/3", "2/3" or 0.05."""
        value = self.raw(key)
        if value is None or value == "":
            return None
        found = read_share(value)
        if found is None:
            self.fault(f"比例“{value}”看不懂，请写成 5% 或 2/3")
        return found

    def words(self, key: str) -> tuple[str, ...]:
        """A list of words."""
        value = self.raw(key)
        if value is None:
            return ()
        if isinstance(value, str) or not isinstance(value, Sequence):
            self.fault(f"“{key}”应为一列文字")
            return ()
        return tuple(str(word) for word in value)

    def one_of(self, key: str, allowed: Sequence[str], default: str) -> str:
        """One of the allowed words."""
        value = self.text(key, default)
        if value not in allowed:
            self.fault(f"“{key}”只能是 {'、'.join(allowed)}，现为“{value}”")
            return default
        return value

    def rows(self, key: str, label: str) -> list[Table]:
        """The tables of a list, each knowing its place (“考核项目第3项”)."""
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, Sequence) or isinstance(value, str):
            self.fault(f"“{key}”应为一组条目")
            return []
        tables = []
        for number, row in enumerate(value, 1):
            name = row.get("name") or row.get("text") or "" if isinstance(row, Mapping) else ""
            where = f"{self.place}{label}第{number}项{f'“{name}”' if name else ''}"
            if isinstance(row, Mapping):
                tables.append(Table(row, where, self.faults))
            else:
                self.faults.append(Fault(where, f"{where}：应为一组“名称＝内容”"))
        return tables

    def table(self, key: str, label: str) -> Table | None:
        """A single table inside this one."""
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.fault(f"“{key}”应为一组“名称＝内容”")
            return None
        return Table(value, label, self.faults)

    def close(self) -> None:
        """Report whatever nobody asked for: a slip of the pen would otherwise be lost."""
        for key in self.data:
            if key not in self.used:
                self.fault(f"不认识“{key}”这一项")


def read_share(value: object) -> Fraction | None:
    """A share of one from "5%", "2/3", 0.05; None if it is none."""
    text = str(value).strip().replace("％", "%")
    try:
        found = Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None
    return found if 0 <= found <= 1 else None
