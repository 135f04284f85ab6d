"""What cameras say, taken apart: sizes, challenges, clocks, addresses."""

from __future__ import annotations

import base64

import pytest

from kuramori.cameras.rtsp.address import join_control, parse_address
from kuramori.cameras.rtsp.auth import Authorizer, parse_challenges
from kuramori.cameras.rtsp.bits import clean_nal
from kuramori.cameras.rtsp.message import channels_of, cut_message, session_of
from kuramori.cameras.rtsp.rtcp import sender_reports
from kuramori.cameras.rtsp.sdp import parameter_sets, parse_sdp
from kuramori.cameras.rtsp.sps import parse_sps
from kuramori.cameras.rtsp.stream import Credentials
from kuramori.errors import CameraError
from tests.rig.packets import SPS, sender_report


@pytest.mark.parametrize(
    ("text", "width", "height", "name"),
    [
        ("Z2QAHqwsaoLA9puCgIKgAAADACAAAAMD0IAA", 704, 480, "avc1.64001e"),
        ("Z00AKZpkA8ARPyzUBAQFAAADA+gAAOpgBA==", 1920, 1080, "avc1.4d0029"),
        ("Z2QAM6zoAoALWQ==", 2560, 1440, "avc1.640033"),
        ("Z00AH5WoFAFuQA==", 1280, 720, "avc1.4d001f"),
        ("Z0LAHtkDxWhAAAADAEAAAAwDxYuS", 240, 160, "avc1.42c01e"),
        ("Z00AHpWoLQ9puAgICBAAAAAB", 720, 480, "avc1.4d001e"),
    ],
)
def test_the_size_of_the_picture_is_read_from_parameter_sets(
    text: str, width: int, height: int, name: str
) -> None:
    shown = parse_sps(clean_nal(base64.b64decode(text)))
    assert (shown.width, shown.height, shown.rfc6381) == (width, height, name)


def test_start_codes_left_around_parameter_sets_are_taken_off() -> None:
    assert clean_nal(b"\0\0\0\1" + SPS + b"\0\0\0\1") == SPS
    assert clean_nal(b"\0\0\1") == b""


def test_parameter_sets_that_are_no_base64_are_passed_over() -> None:
    sets = b"sprop-parameter-sets=\xff!,Z2QAM6zoAoALWQ,,aO48MA=="
    sdp = b"m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:96 " + sets
    sets = parameter_sets(parse_sdp(sdp).media[0])
    assert [nal.hex() for nal in sets] == ["67640033ace802800b59", "68ee3c30"]


def test_digest_agrees_with_the_example_of_rfc_7616() -> None:
    example = Authorizer(Credentials("Mufasa", "Circle of Life"))
    challenge = parse_challenges(
        [
            'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, '
            'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
            'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
        ]
    )[0]
    said = example._digest(
        challenge, "GET", "/dir/index.html", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    )
    assert 'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"' in said
    challenge.fields["algorithm"] = "MD5"
    example._count = 0
    said = example._digest(
        challenge, "GET", "/dir/index.html", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    )
    assert 'response="8ca523f5e9506fed4657c9700eebdbec"' in said


def test_the_strongest_offer_is_taken() -> None:
    offers = parse_challenges(
        ['Basic realm="a", Digest realm="b", nonce="1"', 'digest realm=c, nonce=2, algorithm="SHA-256"']
    )
    assert [offer.rank for offer in offers] == [1, 2, 3]
    unknown = parse_challenges(
        ['Digest realm="b", nonce="1", algorithm=TIGER', "Digest realm=x", "Negotiate"]
    )
    assert [offer.rank for offer in unknown] == [0, 0, 0]


def test_sender_reports_give_the_cameras_clock() -> None:
    packet = sender_report(3_900_000_000, 1 << 31, 77)
    assert sender_reports(packet) == [((3_900_000_000 - 2_208_988_800) * 10**9 + 500_000_000, 77)]
    after_2036 = sender_report(1000, 0, 5)
    assert sender_reports(after_2036)[0][0] == (2**32 + 1000 - 2_208_988_800) * 10**9
    assert sender_reports(sender_report(0, 0, 5)) == []


def test_a_control_word_is_appended_to_the_base() -> None:
    assert join_control("rtsp://a/H264?x=1", "video") == "rtsp://a/H264?x=1/video"
    assert join_control("rtsp://a/b/", "trackID=1") == "rtsp://a/b/trackID=1"
    assert join_control("rtsp://a/b/", "*") == "rtsp://a/b/"
    assert join_control("rtsp://a/b/", "rtsp://u:p@c/d") == "rtsp://c/d"
    assert join_control("rtsp://a/b/", "x\r\nEvil: 1") == "rtsp://a/b/x%0D%0AEvil:%201"


def test_an_address_is_taken_apart() -> None:
    address = parse_address("rtsp://us%40er:p%3Ass@[::1]:8554/a/b?c=d")
    assert (address.host, address.port, address.url) == ("::1", 8554, "rtsp://[::1]:8554/a/b?c=d")
    assert address.credentials == Credentials("us@er", "p:ss")
    assert parse_address("rtsp://cam/x").port == 554


def test_a_message_is_cut_only_when_it_is_whole() -> None:
    data = b"RTSP/1.0 200 OK\nContent-Length: 3\nSession: 4 ;timeout= 12\n"
    data += b"Transport: RTP/AVP/TCP;interleaved=4\n\nabcX"
    for end in range(len(data) - 1):
        assert cut_message(data, 0, end) is None
    cut = cut_message(data, 0, len(data))
    assert cut is not None
    message, after = cut
    assert (message.status, message.body, data[after:]) == (200, b"abc", b"X")
    assert session_of(message) == ("4", 12.0)
    assert channels_of(message) == (4, 5)


@pytest.mark.parametrize(
    "data",
    [b"RTSP/1.0 200 OK\r\n" + b"a: b\r\n" * 4000, b"RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n"],
)
def test_an_endless_message_is_refused(data: bytes) -> None:
    with pytest.raises(CameraError):
        cut_message(data, 0, len(data))
