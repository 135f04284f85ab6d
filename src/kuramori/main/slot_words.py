"""What `kuramori slot` says: Japanese first, then English. Codes come from the vault."""

from __future__ import annotations

LEVELS = {
    1: ("鍵はこの計算機の記憶装置だけにあります", "the key lies only on this computer's media"),
    2: ("鍵の一部はセキュリティチップ(TPM)にあります", "part of the key lies in the security chip (TPM)"),
    3: ("鍵の一部は外付けトークンにあります", "part of the key lies in an external token"),
}
IRRECOVERABLE = {
    True: ("消去した記録は元に戻せません", "what was erased cannot be brought back"),
    False: (
        "消去した記録について「復元不能」とは言えません。理由は次のとおりです",
        "what was erased is not called irrecoverable, because:",
    ),
}
REASONS = {
    "software-slot": ("鍵スロットはソフトウェアだけのものです", "the key slot is software only"),
    "tpm": ("TPM の中の値が毎日新しくなります", "a value in the TPM is renewed daily"),
    "token": ("トークンの中の値が毎日新しくなります", "a value in the token is renewed daily"),
    "tpm-in-software": ("この TPM はプログラムです", "this TPM is a program, its memory is a file"),
    "token-in-software": ("このトークンはプログラムです", "this token is a program, its memory is a file"),
    "tpm-in-virtual-machine": (
        "仮想機械の TPM はホストのファイルです",
        "a virtual machine's TPM is a file of its host",
    ),
    "flash": ("フラッシュ(SSD・SD)は古い内容を残すことがあります", "flash media may keep old contents"),
    "copy-on-write": (
        "このファイルシステムは上書きせず別の場所に書きます",
        "this file system never overwrites in place",
    ),
    "journalled-data": (
        "ファイルの内容もジャーナルに残ります(data=journal)",
        "file contents are kept in the journal (data=journal)",
    ),
    "not-a-local-disk": ("この計算機のディスクではありません", "not a disk of this computer"),
    "memory-file-system": (
        "メモリ上です。電源が切れるとすべて失われます",
        "in memory: all is lost without power",
    ),
    "file-system-unknown": ("ファイルシステムが分かりません", "the file system is not known"),
    "medium-unknown": ("媒体の種類が分かりません", "the kind of medium is not known"),
    "device-mapper": (
        "論理ボリューム(device mapper)の上にあります",
        "on a logical volume (device mapper)",
    ),
    "raid": ("RAID の上にあります", "on a RAID"),
    "loop-device": ("ループ装置、つまりファイルの上にあります", "on a loop device, that is, a file"),
    "cached-disk": ("キャッシュ付きディスク(bcache)の上にあります", "on a cached disk (bcache)"),
    "virtual-disk": (
        "仮想ディスクです。ホストに写しが残ることがあります",
        "a virtual disk: its host may keep copies",
    ),
    "virtual-machine": (
        "仮想機械です。スナップショットに残ることがあります",
        "a virtual machine: snapshots may keep copies",
    ),
    "slot-copy-not-written": (
        "鍵スロットの写しに書けませんでした",
        "a copy of the key slot could not be written",
    ),
    "slot-copy-stands": (
        "鍵スロットの写しを上書きできていません。古い鍵が残っています",
        "a copy of the key slot could not be overwritten: an old key still stands",
    ),
    "left-slot-stands": (
        "移す前の場所の鍵を消せていません",
        "the key in the place that was left could not be destroyed",
    ),
    "old-token-part-stands": ("TPM・トークンの古い値を消せていません", "an old value could not be dropped"),
    "token-part-away": ("TPM・トークンが応答しません", "the TPM or token does not answer"),
    "token-part-waits": (
        "取り置いた記録のため、TPM・トークンの古い値を残しています",
        "an old value is kept for a table that was set aside",
    ),
    "disk-silent": (
        "ディスクが応答しません。一分ごとに試しています",
        "a disk does not answer: tried again every minute",
    ),
    "table-copy-failed": (
        "記録表の写しに書けませんでした",
        "a copy of the key table could not be written",
    ),
    "table-copy-differs": ("記録表の写しが違っています", "a copy of the key table differs"),
}
PROBLEMS = {
    "already-running": (
        "録画が動いています。止めてからもう一度",
        "recording is running: stop it first",
    ),
    "recorder-already-running": (
        "録画が動いています。止めてからもう一度",
        "recording is running: stop it first",
    ),
    "no-instance": ("ここには Kuramori のデータがありません", "no Kuramori data here"),
    "slot-exists": (
        "もう鍵があります。init ではなく move を使います",
        "there are keys already: use move, not init",
    ),
    "slot-holds-data": (
        "装置に別のデータがあります。消してよければ --overwrite",
        "the device holds other data: --overwrite if it may be lost",
    ),
    "slot-device": (
        "装置を使えません(使用中か、ありません)",
        "the device cannot be used (busy or not there)",
    ),
    "slot-not-a-device": ("装置でもファイルでもありません", "neither a device nor a file"),
    "slot-too-small": ("装置が小さすぎます", "the device is too small"),
    "slot-set-aside-waits": (
        "開かない記録表が取り置かれています。その期限のあとに",
        "a key table that did not open is set aside: after its date",
    ),
    "slot-move-unfinished": ("前の移動が終わっていません", "an earlier move is not finished"),
    "slot-config": ("slot.json を読めません", "slot.json cannot be read"),
    "key-table-unreadable": ("いまの鍵で記録表が開きません", "the key table does not open"),
    "token-part-away": REASONS["token-part-away"],
    "tpm-tool": REASONS["token-part-away"],
    "token": REASONS["token-part-away"],
    "token-pin-file": ("PIN のファイルを読めません", "the PIN file cannot be read"),
    "token-pin": ("トークンの PIN が違います", "the token refuses the PIN"),
    "tpm-full": ("TPM に空きがありません", "the TPM has no room"),
    "token-without-pin": (
        "--token には --module と --pin-file が要ります",
        "--token needs --module and --pin-file",
    ),
}
UNKNOWN = ("分からない理由です", "a reason without words yet")


def of(table: dict[str, tuple[str, str]], code: str) -> str:
    """One line for a code, which may carry a detail after a colon."""
    name, _, detail = code.partition(":")
    japanese, english = table.get(name, UNKNOWN)
    return f"{japanese} / {english} [{name}{': ' + detail if detail else ''}]"
