"""People who use the program, with their roles."""

from __future__ import annotations

from collections.abc import Iterator

from db.access import Role
from db.errors import Fault, Refusal
from db.fields import Choice, Name, Text
from db.record import Record


class Account(Record):
    """A person who may unlock this office's data; the passphrase itself is in the vault."""

    name = Name("姓名", required=True, searched="")
    role = Choice("权限", "role", required=True)
    post = Text("职务", max_length=60)

    class Meta:
        label = "使用人"
        section = "系统"
        order = 9000
        managed = True
        travels = ""

    def faults(self) -> Iterator[Fault]:
        """Two people of one name could not be told apart on the unlock page."""
        clash = Account.living().where(Account.name == self.name, Account.id != (self.id or 0))
        if not self.retired and clash.exists():
            yield Fault("name", f"已有名叫“{self.name}”的使用人，请在姓名后加以区分")
        if self.id and (self.retired or self.role != Role.ADMIN) and self._is_last_administrator():
            yield Fault("role", "这是最后一个管理员，请先把另一个人设为管理员")

    def retire(self, reason: str) -> None:
        """Take a person out of use; somebody must stay who can manage."""
        if self._is_last_administrator():
            raise Refusal(f"“{self.name}”是最后一个管理员，不能停用，请先把另一个人设为管理员。")
        super().retire(reason)

    def _is_last_administrator(self) -> bool:
        kept = {one.id for one in Account.living().where(Account.role == Role.ADMIN)}
        return kept == {self.id}

    def title(self) -> str:
        return str(self.name)
