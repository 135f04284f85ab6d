"""The papers of a package: certificate (PDF, signed), passphrase sheet, and what is said inside."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from kuramori.evidence import manifest, signing
from kuramori.paper.printing import pdf, qr_svg

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kuramori.evidence.models import Package

STAMPED = {
    "in": "時刻認証(RFC 3161)つき",
    "none": "時刻認証は使っていません",
    "time-stamp-unreachable": "時刻認証は受けられませんでした(相手に届かない)",
    "time-stamp-wrong": "時刻認証は受けられませんでした(返事が正しくない)",
}
NO_PAGE = (
    "映像と静止画が大きい(400 MBをこえる)ので、自分で開くページ(.html)はありません。"
    "ZIPとディスクに、すべて入っています。"
)
STEPS = [
    "目録と各ファイルのSHA-256を比べる: sha256sum -c SHA256SUMS(7-Zipの「CRC SHA」でも計算できます)。",
    "署名を確かめる: openssl cms -verify -binary -inform DER -in manifest.json.p7s "
    "-content manifest.json -CAfile signer.pem -purpose any",
    "まとめて確かめる: python verify.py .(何も入れずに動きます。道具は別に手に入れるのが確実です)",
]
READ_ME = """蔵守(Kuramori) 証拠パッケージ {number}
案件 {case} / 渡す相手 {receiver} / {stamped}{no_page}

1-original/  録画されたまま(断片化MP4)。1ビットも変えていません。
2-viewing/   同じ映像を、作り直さずに並べかえた見る用のMP4です。
2-redacted/  人などを墨消しした映像(あるとき)。このときは、そのカメラの1-originalと2-viewingは入っていません。
3-stills/    静止画(あるとき)。目に見えない印が入っています。
manifest.json            目録: ハッシュ、時刻、時計の誤差、欠け、経緯、記録の証明
manifest.json.p7s        目録の署名(CMS)。signer.pem はその証明書
manifest.json.p7s.tsr    時刻認証(あるとき、RFC 3161)
certificate.pdf          証明書(人が読むもの、署名つき)
SHA256SUMS, SHA256SUMS.p7s  全ファイルのSHA-256と、その署名
verify.py                確かめる道具(Python 3.8以上、ほかに何も要りません)

確かめかた
  sha256sum -c SHA256SUMS
  openssl cms -verify -binary -inform DER -in manifest.json.p7s -content manifest.json \\
      -CAfile signer.pem -purpose any
  python3 verify.py . --signer "用紙に印刷された番号"

署名の証明書の番号(SHA-256)を、紙の番号と比べてください。中に入っている証明書や道具だけでは、証拠になりません。
この写しは、案件の目的だけに使い、ほかに渡さず、期限({return_by})までに返すか消してください。

--- English ---
1-original is the footage exactly as recorded; 2-viewing holds the same coded pictures in a file that
old players open (stream_sha256 in the manifest is equal for both). 2-redacted is footage in which people or
things were covered; that camera's original is then not in here. Check with the commands above, and
compare the signer's number with the one on paper. Use it for this case alone, pass it to nobody, return
or erase it in time.
"""


def certificate(
    package: Package, said: Mapping[str, Any], manifest_sha256: str, stamped: str, has_page: bool
) -> bytes:
    """The signed PDF. `has_page`: whether it can be written as a page that opens itself."""
    case = said["case"]
    rows = [
        ("パッケージ", package.number),
        ("案件・根拠", f"{package.case_number} {case.get('basis', '')}"),
        ("文書番号・日付", case.get("document", "")),
        ("求めた人", case.get("asker", "")),
        ("決定した人", case.get("decided_by", "")),
        ("渡す相手", package.receiver),
        ("作成", f"{said['packed']['local']} {said['packed_by']}"),
        ("録画した機械", said["recorded_by"]["recorder"]),
        ("時刻認証", STAMPED.get(stamped, stamped)),
        ("記録の番号", str(said["ledger"]["seq"])),
    ]
    if not has_page:
        rows.append(("自分で開くページ", NO_PAGE))
    data: dict[str, object] = {
        "body": said["recorded_by"]["body"],
        "number": package.number,
        "rows": [list(row) for row in rows],
        "cameras": [_camera(one) for one in said["footage"]],
        "files": [list(row) for row in manifest.hashes(said["footage"]).items()],
        "manifest": manifest_sha256,
        "signer": signing.fingerprint(),
        "qr": qr_svg(said["ledger"]["checkpoint"]),
        "steps": STEPS,
    }
    return _signed(pdf("evidence-certificate", data))


def passphrase_sheet(package: Package, passphrase: str, made_on: str, body: str, *, has_page: bool) -> bytes:
    """The sheet that goes to the receiver by hand. It is never kept."""
    return pdf(
        "passphrase-sheet",
        {
            "body": body,
            "number": package.number,
            "receiver": package.receiver,
            "case": package.case_number,
            "passphrase": passphrase,
            "signer": signing.fingerprint(),
            "made_on": made_on,
            "return_by": package.return_by.isoformat(),
            "no_page": "" if has_page else NO_PAGE,
        },
    )


def read_me(package: Package, stamped: str, has_page: bool) -> str:
    """README.txt."""
    return READ_ME.format(
        number=package.number,
        case=package.case_number,
        receiver=package.receiver,
        return_by=package.return_by.isoformat(),
        stamped=STAMPED.get(stamped, stamped),
        no_page="" if has_page else f"\n{NO_PAGE}",
    )


def _camera(one: Mapping[str, Any]) -> dict[str, object]:
    made = one["derivatives"]
    clips = made or one["clips"]
    recorded = [clip["made_from"] for clip in made] or clips
    masked = sorted({clip["recorded_under"]["mask_version"] for clip in recorded})
    begins = "選んだ時刻から" if made else "最初はキーフレームから"
    rows = [
        ("許可された範囲", f"{one['approved']['from']['local']} 〜 {one['approved']['to']['local']}"),
        ("選んだ範囲", f"{one['chosen']['from']['local']} 〜 {one['chosen']['to']['local']}"),
        ("実際の画像", f"{clips[0]['from']['local']} 〜 {clips[-1]['to']['local']}({begins})"),
        (
            "ファイルと枚数",
            f"{len(clips)}個、{sum(clip['pictures'] for clip in clips)}枚、静止画{len(one['stills'])}枚",
        ),
        ("欠け", "、".join(_gap(gap) for gap in one["gaps"]) or "なし"),
        (
            "塗りつぶし(プライバシーマスク)",
            "、".join(f"第{number}版" if number else "なし" for number in masked),
        ),
    ]
    if made:
        rows.append(("墨消し", _redacted(made[0]["redaction"])))
    if one["as_recorded_because"]:
        rows.append(("墨消しをしない理由", one["as_recorded_because"]))
    if one["unreadable_segments"]:
        rows.append(("読めなかった区間", "、".join(one["unreadable_segments"])))
    return {
        "name": f"カメラ{one['camera']['number']} {one['camera']['name']}",
        "rows": [list(row) for row in rows],
    }


def _redacted(said: Mapping[str, Any]) -> str:
    way = {"fill": "塗りつぶし", "pixelate": "粗い四角"}[said["method"]]
    second = "本人が確かめた(一人運営)" if said["checked_by_maker"] else f"確かめた人 {said['checked_by']}"
    return f"{said['boxes']}か所、{way}。作った人 {said['set_by']}、{second}。録画のままの映像は入っていない"


def _gap(gap: Mapping[str, Any]) -> str:
    until = gap["to"]["local"] if gap["to"] else "続いている"
    return f"{gap['from']['local']}〜{until} {gap['reason']}"


def _signed(made: bytes) -> bytes:
    key, cert = signing.pair()
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = signers.SimpleSigner(
        asn1_x509.Certificate.load(cert.public_bytes(serialization.Encoding.DER)),
        asn1_keys.PrivateKeyInfo.load(private),
        SimpleCertificateStore(),
    )
    about = signers.PdfSignatureMetadata(field_name="Kuramori", md_algorithm="sha256")
    out = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(made)), about, signer=signer)
    signed: bytes = out.getvalue()
    return signed
