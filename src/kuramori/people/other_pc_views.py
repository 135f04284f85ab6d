"""/other-pcs/: how other PCs of the office open these pages, and how they come to trust them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kuramori.paper.sheets import Sheet, Table, sheet_pdf
from kuramori.people.print_outs import body_name, printed
from kuramori.web import authority

if TYPE_CHECKING:
    from django.http import HttpRequest

STEPS = (
    (
        "Windows",
        "証明書を開く →「証明書のインストール」→「現在のユーザー」→「信頼されたルート証明機関」に置く",
    ),
    ("Mac", "証明書を開いて「キーチェーンアクセス」に入れる → 開いて「信頼」→「常に信頼」"),
    (
        "iPhone・iPad",
        "設定 →「プロファイルがダウンロードされました」→ 入れる → 情報 → 証明書信頼設定で入れる",
    ),
    ("Android", "設定 → セキュリティ →「証明書のインストール」→「CA証明書」"),
    ("Firefox", "設定 → プライバシーとセキュリティ →「証明書を表示」→「認証局証明書」→ 読み込む"),
)


@login_not_required
@require_GET
def explained(request: HttpRequest) -> HttpResponse:
    """Open to all: whoever stands at the other PC cannot sign in yet. Nothing here is secret."""
    return render(request, "people/other_pcs.html", _facts())


@login_not_required
@require_GET
def certificate(request: HttpRequest) -> HttpResponse:
    """The authority's certificate, to be trusted by the other PC."""
    if not settings.HOST or authority.is_own(Path(settings.DATA), settings.HOST):
        raise Http404
    made = authority.authority(Path(settings.DATA), settings.HOST)
    answer = HttpResponse(made.public_bytes(Encoding.PEM), content_type="application/x-x509-ca-cert")
    answer["Content-Disposition"] = 'attachment; filename="kuramori.crt"'
    return answer


@require_GET
def sheet(request: HttpRequest) -> HttpResponse:
    """The same on paper, printed at the recorder, to compare the fingerprint with at the other PC."""
    facts = _facts()
    if not facts["address"]:
        raise Http404
    made = Sheet(
        title="ほかのパソコンで使うとき",
        body=body_name(),
        printed=printed(),
        lead="録画機の画面で印刷し、使うパソコンの前で見比べます。",
        rows=[("開くところ", str(facts["address"])), ("指紋(SHA-256)", str(facts["fingerprint"]))],
        text=[
            "証明書を入れる前に、パソコンに出る指紋とこの紙の指紋が同じであることを確かめます。",
            "一か所でも違うときは入れません。パスワードも打ちません。管理責任者に知らせます。",
        ],
        tables=[]
        if facts["own"]
        else [Table("証明書(kuramori.crt)の入れ方", ["機器", "手順"], [list(one) for one in STEPS])],
        signs=["確かめた人", "日付"],
    )
    return HttpResponse(sheet_pdf(made), content_type="application/pdf")


def _facts() -> dict[str, object]:
    host, data = settings.HOST, Path(settings.DATA)
    if not host:
        return {"address": ""}
    own = authority.is_own(data, host)
    shown = authority.served(data, host)
    trusted = shown if own and shown else authority.authority(data, host)
    return {
        "address": f"https://{host}:{settings.HTTPS_PORT}",
        "host": host,
        "own": own,
        "fingerprint": authority.fingerprint(trusted),
        "until": shown.not_valid_after_utc.date() if shown else None,
        "steps": STEPS,
    }
