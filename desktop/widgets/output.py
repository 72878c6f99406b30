"""Printing and exporting what a list shows: menus that fill themselves from what exists."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QMenu

from desktop.tasks import Job, Progress
from desktop.widgets.page import Page
from desktop.widgets.saving import ask_path, reveal

if TYPE_CHECKING:
    from desktop.widgets.register_page import RegisterPage


def forms_for(stem: str) -> list[Any]:
    """The official sheets of a register and of what hangs from it."""
    from desktop.typeset.form import forms

    return [each for each in forms() if each.register == stem or each.id.startswith(f"{stem}_")]


def print_menu(page: RegisterPage, menu: QMenu) -> None:
    """Every sheet of the register, for the rows a person means."""
    menu.clear()
    ids = tuple(page.selection())
    found = forms_for(page.stem)
    words = menu.addAction(f"将打印 {len(ids):,} 条")
    words.setEnabled(False)
    menu.addSeparator()
    for each in found:
        action = menu.addAction(each.title + ("（公示用，已隐去个人信息）" if each.posted else ""))
        action.setEnabled(bool(ids))
        action.triggered.connect(partial(_preview, page, each.id, ids))
    if not found:
        menu.addAction("这个台账没有专门的表册，可导出为表格").setEnabled(False)


def _preview(page: Page, form_id: str, ids: tuple[int, ...], _checked: bool = False) -> None:
    page.go("preview", ids=ids, words=form_id)


def export_menu(page: RegisterPage, menu: QMenu) -> None:
    """The list as shown, everything about these rows, and a blank roster to fill in."""
    menu.clear()
    menu.addAction("当前列表（所见的列）").triggered.connect(lambda: _export(page, shown=True))
    menu.addAction("全部字段（可再导入）").triggered.connect(lambda: _export(page, shown=False))
    menu.addSeparator()
    menu.addAction("空白导入模板").triggered.connect(lambda: _template(page))


def _export(page: RegisterPage, *, shown: bool) -> None:
    path = ask_path(page, f"{page.label}.xlsx", "表格 (*.xlsx)")
    if path is None:
        return
    listing, ids = page.listing(), page.selection()
    columns = page.table.shown_names() if shown else None

    def work(progress: Progress) -> int:
        from desktop.sheets.exporting import export_view

        progress(0, len(ids), "正在导出")
        count = export_view(listing.model, ids, columns, path)
        progress(len(ids), len(ids), "正在导出")
        return count

    Job(page, work, f"导出{page.label}").then(
        lambda count: page.say(
            f"已导出 {count:,} 条到“{path.name}”。", action=("打开文件夹", partial(reveal, path))
        )
    ).start()


def _template(page: RegisterPage) -> None:
    path = ask_path(page, f"{page.label}导入模板.xlsx", "表格 (*.xlsx)")
    if path is None:
        return
    stem = page.stem

    def work(progress: Progress) -> int:
        from desktop.sheets.exporting import export_template

        progress(0, 1)
        return export_template(stem, path)

    Job(page, work, "空白模板").then(
        lambda _columns: page.say(
            f"模板已保存为“{path.name}”。", action=("打开文件夹", partial(reveal, path))
        )
    ).start()
