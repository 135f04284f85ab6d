"""The clock that erasing follows: what makes it sure, what makes it doubt, and that it never runs ahead of
the truth."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kuramori.clock import HOUR_S, NS_PER_S, ManualClock, iso
from kuramori.recorder import clock_file
from kuramori.recorder.erasure_clock import RELEASED_NS, ClockState, ErasureClock, Reading
from kuramori.recorder.time_witnesses import SystemWitnesses, Witness

MINUTE_S = 60
DAY_S = 24 * HOUR_S
KERNEL, RTC, CAMERA = Witness("kernel", 0), Witness("rtc", 0), Witness("camera", 0)
NOW = "2027-02-01T09:00:00+09:00"


class Bench:
    """An erasure clock driven by a manual clock."""

    def __init__(self, at: str = NOW, state: ClockState | None = None) -> None:
        self.clock = ManualClock.at(at)
        self.erasure = ErasureClock(state)

    def reading(self) -> Reading:
        return Reading(self.clock.wall_ns(), self.clock.boot_ns(), self.clock.boot_id())

    def tick(self, *witnesses: Witness) -> str:
        self.erasure.tick(self.reading(), witnesses)
        return self.erasure.confidence

    def run(self, seconds: float, *witnesses: Witness, step_s: float = 600) -> str:
        while seconds > 0:
            self.clock.advance_s(min(step_s, seconds))
            seconds -= step_s
            self.tick(*witnesses)
        return self.erasure.confidence

    def sure(self) -> Bench:
        self.tick(KERNEL, RTC)
        assert self.erasure.confidence == "trusted"
        return self

    def now_ns(self) -> int:
        return self.erasure.now_ns(self.clock.boot_ns())


def test_the_first_start_ever_is_unsure_even_with_a_synchronised_kernel() -> None:
    bench = Bench()
    assert bench.tick(KERNEL) == "provisional"
    assert bench.erasure.reason == "never-confirmed"
    on_the_day_it_was_made = Bench(iso(RELEASED_NS + HOUR_S * NS_PER_S))
    assert on_the_day_it_was_made.tick(KERNEL) == "provisional"


def test_what_a_machine_ran_before_the_first_start_ever_seals_nothing() -> None:
    bench = Bench()
    bench.clock.advance_s(3 * DAY_S)
    assert bench.tick() == "provisional"
    assert bench.run(DAY_S - 600) == "provisional"
    assert bench.run(600) == "sealed"


def test_a_person_makes_the_first_start_sure() -> None:
    bench = Bench()
    bench.tick()
    bench.erasure.confirm(bench.reading())
    assert bench.tick() == "trusted"
    assert bench.now_ns() == bench.clock.wall_ns()


def test_two_witnesses_that_agree_make_it_sure_and_one_kind_twice_does_not() -> None:
    assert Bench().tick(KERNEL, RTC) == "trusted"
    assert Bench().tick(RTC, CAMERA) == "trusted"
    assert Bench().tick(CAMERA, CAMERA) == "provisional"
    assert Bench().tick(KERNEL, Witness("rtc", 600 * NS_PER_S)) == "provisional"


def test_a_restart_of_the_program_on_the_same_boot_stays_sure_without_any_witness(tmp_path: Path) -> None:
    bench = Bench().sure()
    clock_file.save(tmp_path / "clock.json", bench.erasure.state)
    bench.clock.advance_s(3 * DAY_S)
    bench.erasure = ErasureClock(clock_file.load(tmp_path / "clock.json"))
    assert bench.tick() == "trusted"


def test_a_reboot_within_a_day_needs_only_a_synchronised_kernel() -> None:
    bench = Bench().sure()
    bench.clock.reboot(5 * HOUR_S, "boot-2")
    assert bench.tick() == "provisional"
    assert bench.tick(KERNEL) == "trusted"


def test_after_a_week_off_a_synchronised_kernel_alone_is_not_enough() -> None:
    bench = Bench().sure()
    bench.clock.reboot(7 * DAY_S, "boot-2")
    assert bench.tick(KERNEL) == "provisional"
    assert bench.tick(KERNEL, RTC) == "trusted"


def test_running_time_widens_what_a_synchronised_kernel_may_say() -> None:
    bench = Bench().sure()
    bench.clock.reboot(0, "boot-2", wall_error_s=-30 * DAY_S)
    bench.run(20 * HOUR_S)
    bench.clock.step_wall_s(30 * DAY_S + 20 * HOUR_S)
    assert bench.tick(KERNEL) == "trusted"


def test_a_boot_in_1970_is_unsure_and_time_runs_from_last_seen() -> None:
    bench = Bench().sure()
    last_seen_ns = bench.now_ns()
    bench.clock.reboot(0, "boot-2", wall_error_s=-57 * 365 * DAY_S)
    bench.run(2 * HOUR_S, KERNEL)
    assert bench.erasure.confidence == "provisional"
    assert bench.now_ns() == last_seen_ns + 2 * HOUR_S * NS_PER_S
    assert bench.erasure.last_seen_ns == last_seen_ns


def test_a_jump_to_2036_is_not_followed_and_its_repair_is_believed() -> None:
    bench = Bench().sure()
    before_ns = bench.now_ns()
    bench.clock.step_wall_s(9 * 365 * DAY_S)
    assert bench.run(HOUR_S, KERNEL) == "provisional"
    assert bench.erasure.reason == "jumped-forward"
    assert bench.now_ns() == before_ns + HOUR_S * NS_PER_S
    bench.clock.step_wall_s(-9 * 365 * DAY_S)
    assert bench.tick() == "trusted"
    assert bench.now_ns() == bench.clock.wall_ns()


def test_a_jump_that_two_witnesses_confirm_is_followed() -> None:
    bench = Bench().sure()
    bench.clock.step_wall_s(3 * DAY_S)
    assert bench.tick(RTC, CAMERA) == "trusted"
    assert bench.now_ns() == bench.clock.wall_ns()


def test_forward_corrections_of_ten_minutes_a_day_are_followed_and_no_more() -> None:
    bench = Bench().sure()
    for _ in range(2):
        bench.clock.step_wall_s(5 * MINUTE_S)
        assert bench.run(HOUR_S) == "trusted"
    bench.clock.step_wall_s(5 * MINUTE_S)
    assert bench.tick() == "provisional"


def test_a_slow_creep_of_steps_gains_at_most_ten_minutes_a_day() -> None:
    bench = Bench().sure()
    begun_ns = bench.now_ns()
    for _ in range(10 * 24):
        bench.clock.step_wall_s(40)
        bench.run(HOUR_S)
    gained_ns = bench.now_ns() - begun_ns - 10 * DAY_S * NS_PER_S
    assert gained_ns <= 11 * 10 * MINUTE_S * NS_PER_S


def test_a_clock_slewed_a_little_every_second_stays_sure() -> None:
    bench = Bench().sure()
    for _ in range(3 * 24 * 60):
        bench.clock.advance_s(60)
        bench.clock.step_wall_s(0.005)
        assert bench.tick() == "trusted"
    assert len(bench.erasure.state.corrections) <= 26


def test_a_clock_set_back_a_little_never_takes_erasure_time_back() -> None:
    bench = Bench().sure()
    before_ns = bench.now_ns()
    bench.clock.step_wall_s(-5 * MINUTE_S)
    assert bench.tick() == "trusted"
    assert bench.now_ns() == before_ns


def test_a_clock_set_back_for_hours_is_doubted() -> None:
    bench = Bench().sure()
    bench.clock.step_wall_s(-3 * HOUR_S)
    assert bench.tick(KERNEL) == "provisional"
    assert bench.erasure.reason == "jumped-back"


def test_after_24_untrusted_running_hours_in_all_it_is_sealed_and_trust_opens_it() -> None:
    bench = Bench().sure()
    for number in range(3):
        bench.clock.reboot(30 * DAY_S, f"boot-{number + 2}")
        assert bench.run(7 * HOUR_S) == "provisional"
    bench.clock.reboot(0, "boot-9")
    assert bench.run(3 * HOUR_S) == "sealed"
    bench.erasure.confirm(bench.reading())
    assert bench.erasure.confidence == "trusted"
    bench.clock.reboot(30 * DAY_S, "boot-10")
    assert bench.run(HOUR_S) == "provisional"


def test_last_seen_moves_on_trusted_time_only() -> None:
    bench = Bench().sure()
    seen_ns = bench.erasure.last_seen_ns
    bench.clock.reboot(7 * DAY_S, "boot-2")
    bench.run(5 * HOUR_S, KERNEL)
    assert bench.erasure.last_seen_ns == seen_ns
    bench.run(5 * HOUR_S, KERNEL, RTC)
    assert bench.erasure.last_seen_ns == bench.clock.wall_ns()


def test_a_lost_or_damaged_memory_is_a_clock_that_was_never_sure(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    for content in (None, b"", b"{}", b'{"known_ns":"x"}', b"[1]", b"\xff"):
        if content is not None:
            path.write_bytes(content)
        assert clock_file.load(path) == ClockState()
    assert ErasureClock(clock_file.load(path)).last_seen_ns == RELEASED_NS


def test_the_memory_comes_back_exactly(tmp_path: Path) -> None:
    bench = Bench().sure()
    bench.clock.step_wall_s(61)
    bench.run(HOUR_S)
    clock_file.save(tmp_path / "clock.json", bench.erasure.state)
    assert clock_file.load(tmp_path / "clock.json") == bench.erasure.state


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["run", "step", "reboot"]),
        st.floats(-400 * DAY_S, 400 * DAY_S, allow_nan=False),
    ),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(_STEPS)
def test_however_the_clocks_are_set_untrusted_erasure_time_is_never_later_than_the_truth(
    steps: list[tuple[str, float]],
) -> None:
    """Without witnesses: true time is start plus everything that passed, on or off; a day's allowance is 10
    min."""
    bench = Bench().sure()
    true_ns, begun_ns = bench.now_ns(), bench.now_ns()
    for number, (what, amount) in enumerate(steps):
        if what == "run":
            bench.run(abs(amount) % DAY_S)
            true_ns += round(abs(amount) % DAY_S * NS_PER_S)
        elif what == "step":
            bench.clock.step_wall_s(amount)
            bench.tick()
        else:
            off_s = abs(amount)
            bench.clock.reboot(off_s, f"boot-{number + 2}", wall_error_s=amount / 7)
            true_ns += round(off_s * NS_PER_S)
            bench.tick()
        days = (true_ns - begun_ns) // (DAY_S * NS_PER_S) + 2
        assert bench.now_ns() <= true_ns + days * 600 * NS_PER_S + 1000 * len(steps)


def test_a_battery_clock_that_was_set_during_the_run_is_no_witness(tmp_path: Path) -> None:
    rtc = tmp_path / "since_epoch"
    rtc.write_text("1800000000\n")
    witnesses = SystemWitnesses(tmp_path / "memory", "boot-1", rtc)
    wall_ns, boot_ns = 1_800_000_000 * NS_PER_S, 0

    def rtc_says(boot_ns: int) -> bool:
        return any(witness.kind == "rtc" for witness in witnesses.opinions(wall_ns, boot_ns))

    assert rtc_says(boot_ns)
    rtc.write_text("1800000100\n")
    assert rtc_says(100 * NS_PER_S)
    rtc.write_text("2100000000\n")
    assert not rtc_says(101 * NS_PER_S)
    rtc.write_text("1800000102\n")
    assert not rtc_says(102 * NS_PER_S)
    rtc.write_text("2100000000\n")
    witnesses = SystemWitnesses(tmp_path / "memory", "boot-1", rtc)  # the program starts again: it remembers
    assert not rtc_says(103 * NS_PER_S)
    witnesses = SystemWitnesses(tmp_path / "memory", "boot-2", rtc)
    assert rtc_says(5 * NS_PER_S)


def test_cameras_speak_with_one_voice_and_only_while_fresh(tmp_path: Path) -> None:
    witnesses = SystemWitnesses(tmp_path / "memory", "boot-1", tmp_path / "none")
    wall_ns = 1_800_000_000 * NS_PER_S
    for number, error_s in enumerate((-1, 0, 3600)):
        witnesses.camera(str(number), wall_ns + error_s * NS_PER_S, wall_ns)
    cameras = [witness for witness in witnesses.opinions(wall_ns, 0) if witness.kind == "camera"]
    assert cameras == [Witness("camera", 0)]
    later = witnesses.opinions(wall_ns + 300 * NS_PER_S, 0)
    assert not [witness for witness in later if witness.kind == "camera"]
