"""密钥恢复单: the sheet with the recovery code, printed once when an office is founded and then sealed up."""

from __future__ import annotations

from pathlib import Path

from db.rules import dates
from desktop.typeset.fonts import Role
from desktop.typeset.form import Form, Options
from desktop.typeset.paper import A4, SIZES
from desktop.typeset.printing import render, write
from desktop.typeset.sheet import Sheet


class _Recovery(Form):
    """Not offered anywhere: the code is known at one moment only."""

    title = "台账恢复单"
    paper = A4

    def __init__(self, office: str, person: str, code: str) -> None:
        self._office, self._person, self._code = office, person, code

    def compose(self, sheet: Sheet, subject: object, options: Options) -> None:
        """What it is, the code in large type, how to keep it, and who sealed it."""
        del subject, options
        sheet.title(self.title)
        today = dates.show(dates.today(), "chinese")
        sheet.heads(f"单位：{self._office}", f"日期：{today}")
        sheet.y += 4
        sheet.paragraph(
            f"口令忘记时，用下面的恢复码可以重新打开本单位的台账并设置新口令。"
            f"没有口令也没有恢复码，台账里的数据谁也打不开。恢复码由{self._person}在建立台账时生成。"
        )
        sheet.y += 8
        sheet.frame(sheet.left, sheet.y, sheet.width, 26, 1.0)
        sheet.cell(
            sheet.left,
            sheet.y,
            sheet.width,
            26,
            self._code,
            Role.HEI,
            SIZES["小二"],
            where="恢复码",
        )
        sheet.y += 34
        sheet.paragraph(
            "一、本单只印一份，装入信封密封，骑缝盖章，与公章一同存放。\n"
            "二、不要拍照、不要存入电脑、不要通过网络传送。\n"
            "三、启封须经党委书记同意并在下面登记；用过之后请在“设置”里重新生成恢复码。\n"
            "四、人员调整时，本单列入移交清单。"
        )
        sheet.y += 6
        with sheet.grid(30, 45, 45, 45, row=11) as grid:
            grid.row().label("事项").label("日期").label("经手人").label("批准人")
            grid.row().cell("密封").write().write().write()
            for _ in range(3):
                grid.row().cell("启封").write().write().write()


def print_sheet(path: Path | str, office: str, person: str, code: str) -> None:
    """Print the recovery code of an office into a file."""
    write(Path(path), render(_Recovery(office, person, code), [None]).pdf)
