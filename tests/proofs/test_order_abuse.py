"""`python -m proofs.order_abuse`, whole: it is short."""

from __future__ import annotations

from pathlib import Path

import pytest
from proofs.order_abuse import prove


@pytest.mark.process
@pytest.mark.django_db(transaction=True)
def test_the_recording_process_refuses_every_abused_order_and_obeys_a_genuine_one(data: Path) -> None:
    outcomes, faults = prove(data)
    assert faults == []
    assert outcomes[-1].why == "order-done" and outcomes[-1].erased == 1
    assert sum(outcome.why.startswith(("order-", "no-such", "clock-")) for outcome in outcomes) == 12
