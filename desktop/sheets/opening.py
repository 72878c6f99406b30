"""Open whatever an office calls a spreadsheet; the content decides, never the file name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from db.errors import Refusal, Trouble
from db.gc_pause import gc_paused
from desktop.sheets import archive, biff, delimited, markup
from desktop.sheets.grid import Grid

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF = b"%PDF"
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM")


def open_grids(path: Path) -> list[Grid]:
    """All sheets of an .xlsx, .xls, .et, .ods, .csv, .txt file, or of a web page named .xls.

    Raises Refusal when the file cannot serve (missing, locked, password, not a table) and Trouble
    when the disk fails.
    """
    content = _content(path)
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise Refusal(f"“{path.name}”是空文件，里面没有内容。")
    if content.startswith((_ZIP, _OLE)):
        with gc_paused():
            grids = _workbook(path, content)
    elif content.startswith((_PDF, *_PICTURES)):
        raise Refusal(f"“{path.name}”是 PDF 或图片，不是表格，请用原来的电子表格导入。")
    elif markup.looks_like_markup(content):
        grids = markup.read(path.stem, delimited.decode(content).text)
    else:
        grids = [delimited.read(path.stem, content)]
    for grid in grids:
        grid.even()
        grid.fill_merged()
    return grids


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise Refusal(f"找不到文件“{path}”，请检查文件名和所在的文件夹。") from None
    except IsADirectoryError:
        raise Refusal(f"“{path}”是文件夹，请选择其中的表格文件。") from None
    except PermissionError:
        raise Refusal(
            f"“{path.name}”打不开：它可能正被 WPS 或 Excel 使用，请关闭那边的窗口再试。"
        ) from None
    except OSError as error:
        raise Trouble(
            f"读取“{path.name}”时出错（{error.strerror or error}）。",
            "请把文件复制到本机硬盘后再试；如在U盘上，请检查U盘。",
        ) from error


def _peek(content: bytes) -> dict[str | int, archive.Peek]:
    """What the sheets hold beside values, by name or by place."""
    seen: dict[str | int, archive.Peek] = {}
    if content.startswith(_ZIP):
        seen.update(archive.peek(content).items())
    else:
        seen.update(enumerate(biff.peek(content)))
    return seen


def _refuse_boundless(path: Path, seen: Iterable[archive.Peek]) -> None:
    """A stray cell at the far end of a sheet would fill the memory of the machine."""
    for sheet in seen:
        rows, columns = sheet.size
        if rows * columns > archive.MOST_CELLS:
            raise Refusal(
                f"“{path.name}”的一个工作表大得不正常，多半是在很远的行列里有零散内容，或文件已损坏。"
                "请在 WPS 或 Excel 中删去名册以外的行和列，另存后再导入。"
            )


def _workbook(path: Path, content: bytes) -> list[Grid]:
    import io

    import python_calamine as calamine

    grids = []
    try:
        told = _peek(content)
        _refuse_boundless(path, told.values())
        book = calamine.load_workbook(io.BytesIO(content))
        for at, sheet in enumerate(
            meta for meta in book.sheets_metadata if meta.typ == calamine.SheetTypeEnum.WorkSheet
        ):
            read = book.get_sheet_by_name(sheet.name)
            seen = told.get(sheet.name) or told.get(at) or archive.NOTHING
            grid = Grid(
                name=sheet.name,
                rows=read.to_python(skip_empty_area=False),
                merges=[(*start, *end) for start, end in read.merged_cell_ranges or ()],
                hidden_rows=seen.hidden_rows,
                hidden_columns=seen.hidden_columns,
                epoch_1904=seen.epoch_1904,
                visible=sheet.visible == calamine.SheetVisibleEnum.Visible,
            )
            archive.mark_errors(grid, seen)
            grids.append(grid)
    except (calamine.PasswordError, archive.Locked):
        raise _locked(path) from None
    except (calamine.CalamineError, archive.Torn) as error:
        raise _torn(path, error) from None
    except BaseException as problem:
        # A damaged file can make the library give up in its own way, which is no Exception.
        if type(problem).__name__ != "PanicException":
            raise
        raise _torn(path, problem) from None
    return grids


def _locked(path: Path) -> Refusal:
    return Refusal(f"“{path.name}”设有打开密码，请在 WPS 或 Excel 中去掉密码、另存后再导入。")


def _torn(path: Path, error: BaseException) -> Refusal:
    return Refusal(
        f"“{path.name}”不是完好的电子表格，读不出来（{error}）。"
        "请在 WPS 或 Excel 中打开，另存为 .xlsx 后再导入。"
    )
