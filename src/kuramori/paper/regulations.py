"""Operating regulations (管理・運用規程) on paper: articles as data, set as a PDF and as a Word document."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass, field

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from kuramori.paper.printing import pdf
from kuramori.paper.sheets import Table

WORD_FACE, WORD_FACE_JA = "Times New Roman", "游明朝"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph (項) of an article, with its items (号)."""

    text: str
    items: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Article:
    """One article (条). `number` counts through all chapters."""

    number: int
    title: str
    paragraphs: list[Paragraph]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter (章)."""

    number: int
    title: str
    articles: list[Article]


@dataclass(frozen=True, slots=True)
class Drawing:
    """One camera's approved range: points 0..1 from the picture's top left corner; masks likewise."""

    title: str
    polygon: list[list[float]]
    masks: list[list[list[float]]]


@dataclass(frozen=True, slots=True)
class RegulationsPaper:
    """The whole paper. `draft` prints it as not adopted; `note` names the state of the law behind it."""

    title: str
    body: str
    version: str
    adopted: str
    sha256: str
    draft: bool
    note: str
    chapters: list[Chapter]
    closing: list[str]
    tables: list[Table]
    drawings: list[Drawing]


def regulations_pdf(said: RegulationsPaper) -> bytes:
    """The regulations as PDF, A4. Raises BadInput `faces-missing`."""
    return pdf("regulations", asdict(said))


def regulations_docx(said: RegulationsPaper) -> bytes:
    """The same as a Word document that an office can edit; what is edited there changes no setting."""
    made = Document()
    _page(made)
    _line(made, said.title, size=20, bold=True, middle=True)
    _line(made, said.body, size=13, middle=True)
    _line(made, " ".join(word for word in (said.version, said.adopted) if word), size=10.5, middle=True)
    for chapter in said.chapters:
        made.add_heading(f"第{chapter.number}章 {chapter.title}", level=1)
        for article in chapter.articles:
            _article(made, article)
    made.add_heading("附則", level=1)
    for words in said.closing:
        _line(made, words)
    for table in said.tables:
        _table(made, table)
    _line(made, said.note, size=8.5)
    _line(made, f"設定の要約値 {said.sha256}", size=8.5)
    _east_asian(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _article(made: DocumentObject, article: Article) -> None:
    made.add_heading(f"({article.title})", level=2)
    for place, paragraph in enumerate(article.paragraphs, start=1):
        number = f"第{article.number}条" if place == 1 else str(place)
        _line(made, f"{number} {paragraph.text}", hanging=True)
        for count, item in enumerate(paragraph.items, start=1):
            _line(made, f"({count}) {item}", indent_mm=8, hanging=True)


def _table(made: DocumentObject, table: Table) -> None:
    made.add_heading(table.title, level=1)
    grid = made.add_table(rows=1, cols=len(table.head), style="Table Grid")
    for cell, words in zip(grid.rows[0].cells, table.head, strict=True):
        cell.paragraphs[0].add_run(words).bold = True
    for row in table.rows:
        for cell, words in zip(grid.add_row().cells, row, strict=True):
            cell.text = words
    if not table.rows:
        _line(made, "なし")


def _page(made: DocumentObject) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(25)


def _line(
    made: DocumentObject,
    words: str,
    *,
    size: float = 10.5,
    bold: bool = False,
    middle: bool = False,
    hanging: bool = False,
    indent_mm: float = 0,
) -> None:
    line = made.add_paragraph()
    line.paragraph_format.space_after = Pt(3)
    if hanging:
        line.paragraph_format.left_indent, line.paragraph_format.first_line_indent = Mm(5 + indent_mm), Mm(-5)
    if middle:
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = line.add_run(words)
    run.font.size, run.bold = Pt(size), bold


def _east_asian(made: DocumentObject) -> None:
    """python-docx names only the Latin face; without the East Asian one Word picks a Chinese or Latin one."""
    for style in ("Normal", "Heading 1", "Heading 2", "Table Grid"):
        face = made.styles[style]
        face.font.name = WORD_FACE
        face.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), WORD_FACE_JA)
        for theme in ("w:asciiTheme", "w:eastAsiaTheme", "w:hAnsiTheme"):
            face.element.rPr.rFonts.attrib.pop(qn(theme), None)
    for style, size in (("Heading 1", 13), ("Heading 2", 10.5)):
        made.styles[style].font.size = Pt(size)
        made.styles[style].font.color.rgb = None
