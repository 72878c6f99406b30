"""The form and the roster under measurement as files for LibreOffice: the same content, as templates give it."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

import segno

from db.registers.member import Member
from desktop.typeset.roster import Column

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = (
    f'<?xml version="1.0"?><Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="png" ContentType="image/png"/><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATION = (
    '<?xml version="1.0"?><Relationships xmlns="{package}/relationships">'
    '<Relationship Id="r1" Type="{office}/{kind}" Target="{target}"/></Relationships>'
)
_PICTURE = (
    '<w:p><w:pPr><w:jc w:val="right"/></w:pPr><w:r><w:drawing><wp:inline>'
    '<wp:extent cx="504000" cy="504000"/><wp:docPr id="1" name="mark"/>'
    '<a:graphic><a:graphicData uri="{d}/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="m"/>'
    '<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="r1"/><a:stretch><a:fillRect/>'
    '</a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="504000" cy="504000"/>'
    '</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData>'
    "</a:graphic></wp:inline></w:drawing></w:r></w:p>"
)


def piece(text: str, face: str, size: float) -> str:
    """A paragraph in one of the faces of official paper."""
    return (
        f'<w:p><w:r><w:rPr><w:rFonts w:ascii="{face}" w:hAnsi="{face}" w:eastAsia="{face}"/>'
        f'<w:sz w:val="{round(size * 2)}"/></w:rPr><w:t xml:space="preserve">{escape(text)}</w:t>'
        "</w:r></w:p>"
    )


def docx(path: Path, rows: list[list[tuple[str, int]]], mark: str = "", tall: int = 560) -> Path:
    """A form: title, heads, a table (texts and the columns they span), a note, the mark."""
    lines = []
    for row in rows:
        cells = []
        for place, (text, span) in enumerate(row):
            face = "Noto Sans CJK SC" if place % 2 == 0 else "FandolFang R"
            paragraphs = "".join(piece(part, face, 12) for part in text.split("\n"))
            cells.append(
                f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/><w:vAlign w:val="center"/></w:tcPr>'
                f"{paragraphs}</w:tc>"
            )
        height = tall if len(row) > 2 else tall * 3
        lines.append(
            f'<w:tr><w:trPr><w:trHeight w:val="{height}"/></w:trPr>{"".join(cells)}</w:tr>'
        )
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    columns = '<w:gridCol w:w="1150"/>' * 8
    table = (
        f'<w:tbl><w:tblPr><w:tblW w:w="9200" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders>'
        f"</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{''.join(lines)}</w:tbl>"
    )
    body = "<w:p/>"
    if rows:
        body = (
            _PICTURE.format(d=_DRAWING)
            + piece("优秀共产党员推荐审批表", "Noto Serif CJK SC", 22)
            + piece(
                "填报单位（盖章）：哈沙图嘎查党支部　　填表日期：2026年6月1日", "FandolFang R", 11
            )
            + table
            + piece("注：本表一式三份。", "FandolFang R", 10)
        )
    names = (
        f'xmlns:w="{_WORD}" xmlns:a="{_DRAWING}/main" xmlns:pic="{_DRAWING}/picture" '
        f'xmlns:wp="{_DRAWING}/wordprocessingDrawing" xmlns:r="{_OFFICE}"'
    )
    relation = {"package": _PACKAGE, "office": _OFFICE}
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("[Content_Types].xml", _TYPES)
        whole = _RELATION.format(kind="officeDocument", target="word/document.xml", **relation)
        packed.writestr("_rels/.rels", whole)
        if mark:
            inner = _RELATION.format(kind="image", target="media/mark.png", **relation)
            packed.writestr("word/_rels/document.xml.rels", inner)
            picture = BytesIO()
            segno.make(mark, error="m").save(picture, kind="png", scale=8)
            packed.writestr("word/media/mark.png", picture.getvalue())
        packed.writestr(
            "word/document.xml",
            f'<?xml version="1.0"?><w:document {names}><w:body>{body}</w:body></w:document>',
        )
    return path


def form_docx(path: Path, m: Member, deeds: str) -> Path:
    """The approval form as an office's template gives it once filled in."""
    opinions = ("支部意见", "党委意见", "旗委意见")
    rows = [
        [("姓名", 1), (m.name, 1), ("性别", 1), ("男", 1), ("民族", 1), ("汉族", 1), ("照片", 2)],
        [
            ("出生年月", 1),
            (m.born_on, 1),
            ("学历", 1),
            ("大专", 1),
            ("入党时间", 1),
            (m.joined_on, 3),
        ],
        [("身份证号", 1), (m.id_number, 3), ("电话", 1), (m.phone, 3)],
        [("单位及职务", 2), ("哈沙图嘎查党支部书记、嘎查委员会主任", 6)],
        [("家庭住址", 2), (m.address, 6)],
        [("奖惩情况", 1), ("2024年，优秀党务工作者。", 7)],
        [("主要事迹", 1), (deeds, 7)],
        *(
            [(label, 1), ("同意。\n书记（签字）：　　（盖章）\n年　　月　　日", 7)]
            for label in opinions
        ),
    ]
    return docx(path, rows, f"ZY1:test_paper:{m.id}:{m.id}")


def roster_xlsx(path: Path, records: list[Member], columns: Sequence[Column]) -> Path:
    """The roster as an office's spreadsheet: heads repeated, a border round each cell."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("花名册")
    style = book.add_format({"border": 1, "font_size": 10})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for column, kind in enumerate(columns):
        sheet.set_column(column, column, kind.width / 2)
        sheet.write_string(0, column, kind.heading, style)
    for place, m in enumerate(records, 1):
        texts = (
            str(place), m.name, Member.sex.show(m.sex), Member.ethnicity.show(m.ethnicity),
            m.id_number, m.born_on, Member.education.show(m.education), m.joined_on, m.phone,
            m.address, "",
        )  # fmt: skip
        for column, text in enumerate(texts):
            sheet.write_string(place, column, text, style)
    book.close()
    return path
