"""What is made once for a data directory stays as it was made."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kuramori.main import instance


def test_two_that_start_at_once_get_the_same_identity(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: instance.prepare(tmp_path / "data"), range(8)))
    assert len({one.recorder_id for one in made}) == 1
    assert not list((tmp_path / "data").rglob("*.*.*")), "no drafts are left"


def test_a_directory_never_changes_between_demonstration_and_real(tmp_path: Path) -> None:
    assert instance.prepare(tmp_path / "demo", demo=True).demo
    assert instance.prepare(tmp_path / "demo", demo=False).demo
    assert not instance.prepare(tmp_path / "real").demo
    assert not instance.prepare(tmp_path / "real", demo=True).demo


def test_the_recorder_trusts_the_public_half_of_the_key_for_orders(tmp_path: Path) -> None:
    instance.prepare(tmp_path)
    key = Ed25519PrivateKey.from_private_bytes((tmp_path / "keys" / "orders.key").read_bytes())
    public = key.public_key().public_bytes_raw()
    assert (tmp_path / "record" / "orders.pub").read_bytes() == public
    kept = [*(tmp_path / "keys").iterdir(), tmp_path / "instance.json"]
    assert [path.name for path in kept if path.stat().st_mode & 0o077] == []
