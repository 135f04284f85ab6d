"""`kuramori retire STORE`: everything on a store loses its keys at once, as from its medium's page."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from kuramori.errors import BadInput, KuramoriError, RecorderUnreachable, Refusal
from kuramori.footage import intake, recorder_socket
from kuramori.people.models import Account
from kuramori.retention import certify, retiring
from kuramori.retention.media_words import plain

if TYPE_CHECKING:
    import argparse

WAIT_S = 60.0
LOOK_EVERY_S = 0.5


def main(chosen: argparse.Namespace) -> int:
    """Exit code: 0 all dead and certified; 2 ordered, but not confirmed yet; 1 not ordered."""
    try:
        content = retiring.content(chosen.store)
        print(f"消える映像 / hours that will die: {len(content.spans)}")
        if content.held:
            print(f"案件のために保全中 / held for a case: {len(content.held)} (--held-too)")
        if content.elsewhere:
            print(
                f"ほかのディスクの同じ時間帯の映像も消えます / also lost on other disks: {content.elsewhere}"
            )
        if not chosen.yes and not _sure(chosen.store):
            return 1
        manager = Account.objects.filter(username=chosen.manager).first()
        if manager is None:
            raise BadInput("no-such-account")
        act = retiring.retire(chosen.store, chosen.reason, manager=manager, held_too=chosen.held_too)
    except (KuramoriError, OSError) as problem:
        print(plain(problem) if isinstance(problem, BadInput) else problem, file=sys.stderr)
        if isinstance(problem, Refusal):
            print("管理責任者だけが行えます / only the manager may do this", file=sys.stderr)
        return 1
    return _follow(act.pk)


def _sure(store: str) -> bool:
    asked = f"元に戻せません。続けるには {store} と入力 / cannot be undone; type {store} to go on: "
    return input(asked).strip() == store


def _follow(number: int) -> int:
    """Wait for the recorder and certify; the running `work` process may do the same, it does no harm."""
    from kuramori.retention.media_models import MediumAct

    until_s = time.monotonic() + WAIT_S
    while True:
        intake.take_in()
        certify.certify()
        progress = retiring.progress(MediumAct.objects.get(pk=number))
        if progress.finished:
            print(f"消去を確認しました / erased and certified: {progress.certified}")
            return 0
        if progress.refused or time.monotonic() > until_s or not _recorder_runs():
            break
        time.sleep(LOOK_EVERY_S)
    print("指示は出ましたが、まだ確認できていません / ordered, not confirmed yet", file=sys.stderr)
    print("録画機が次に動くときに消去されます / the recorder erases when it runs next", file=sys.stderr)
    return 2


def _recorder_runs() -> bool:
    try:
        recorder_socket.status()
    except RecorderUnreachable:
        return False
    return True
