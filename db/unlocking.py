"""Who may unlock the open office: passphrases changed and given, people let go, the recovery sheet renewed.

The register of accounts knows the people, the vault opens for them; here the one is asked before the other changes.
"""

from __future__ import annotations

from db import access, journal, office, sharing, vault
from db.access import Role
from db.errors import Refusal
from db.registers.account import Account


def change_passphrase(old: str, new: str) -> None:
    """The acting person's new passphrase; the old one must be known."""
    opened, person = office.current(), access.acting()
    with sharing.one_vault(opened.folder):
        vault.unlock(opened.folder, old, person.id or None)
        vault.admit(opened.folder, opened.key, person.id, person.name, new)


def give_passphrase(account_id: int, passphrase: str) -> None:
    """Let a person of the register unlock with this passphrase from now on; for administrators.

    It is also what somebody does who came in with the recovery sheet.
    """
    access.require("manage")
    account = Account.get_by_id(account_id)
    if account.retired:
        raise Refusal(f"“{account.name}”已停用，请先恢复。")
    opened = office.current()
    with sharing.one_vault(opened.folder):
        vault.admit(opened.folder, opened.key, account.id, account.name, passphrase)


def dismiss(account_id: int, reason: str) -> None:
    """Take a person out of use, in the register and in the vault; one administrator must stay."""
    access.require("manage")
    account = Account.get_by_id(account_id)
    folder = office.current().folder
    can_unlock = {slot.person for slot in vault.people(folder)}
    left = [
        a.name
        for a in Account.living().where(Account.role == Role.ADMIN, Account.id != account_id)
        if a.id in can_unlock
    ]
    if not left:
        raise Refusal("这是最后一个能登录的管理员，不能停用。请先给另一个人管理员权限和口令。")
    with journal.operation(f"停用使用人“{account.name}”", kind="retire"):
        account.retire(reason)
        if account_id in can_unlock:
            with sharing.one_vault(folder):
                vault.dismiss(folder, account_id)


def renew_recovery() -> str:
    """A new recovery code to print; the old sheet no longer opens. For administrators."""
    access.require("manage")
    opened = office.current()
    with sharing.one_vault(opened.folder):
        return vault.renew_recovery(opened.folder, opened.key)
