"""The notice as a bundle of files for another web site: pages, papers, sums. No picture is ever in it."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import TYPE_CHECKING

from django.template.loader import render_to_string

from kuramori import clock
from kuramori.guideline import regulation_adopting
from kuramori.paper.printing import qr_svg
from kuramori.paper.regulations import regulations_pdf
from kuramori.paper.sheets import Sheet, Table, sheet_pdf
from kuramori.policy.regulation_models import Regulations
from kuramori.public import figures

if TYPE_CHECKING:
    from kuramori.public.saying import Notice


def files(said: Notice) -> dict[str, bytes]:
    """Name and content of each file. Raises BadInput `faces-missing`."""
    made = {
        "index.html": page(said).encode(),
        "notice.css": render_to_string("public/notice.css").encode(),
        "notice.pdf": notice_pdf(said),
    }
    if said.regulations_version:
        row = Regulations.objects.get(version=said.regulations_version)
        made["regulations.pdf"] = regulations_pdf(regulation_adopting.of_version(row, public=True))
    if said.checkpoint:
        made["checkpoint.txt"] = said.checkpoint.encode()
        made["checkpoint.svg"] = qr_svg(said.checkpoint).encode()
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in made.items())
    return {**made, "SHA256SUMS": sums.encode()}


def zipped(said: Notice) -> bytes:
    """The files in one ZIP, all in one folder, dated now."""
    out, now = io.BytesIO(), clock.utc(clock.now_ns())
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files(said).items():
            entry = zipfile.ZipInfo(f"camera-notice/{name}", now.timetuple()[:6])
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def page(said: Notice) -> str:
    """The page for the site: one HTML file and its sheet of styles, no script, nothing from elsewhere."""
    return render_to_string("public/notice_page.html", {"said": said})


def notice_pdf(said: Notice) -> bytes:
    """The same on paper."""
    return sheet_pdf(
        Sheet(
            title="防犯カメラについてのお知らせ",
            title_en="About our security cameras",
            body=said.body,
            printed=said.made_on,
            rows=[(one.title, "\n".join(one.lines)) for one in said.sections],
            tables=[_table(said.figures)],
            notes=[said.note],
            checkpoint=said.checkpoint,
        )
    )


def _table(said: figures.Figures) -> Table:
    rows = [[label, str(number)] for label, _english, number in said.rows]
    return Table(f"{said.year}年度の件数", ["事項", "件数"], rows)
