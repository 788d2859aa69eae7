"""Who goes next: order within a record, freedom between records, pauses that grow."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bims_desktop.app.line import Line, pause_s


def line_of(*records: str) -> Line:
    line = Line()
    for index, names in enumerate(records):
        line.add(index, names)
    return line


def test_an_entry_waits_for_all_of_its_records() -> None:
    line = line_of("a", "b", "ab", "b")
    assert line.take(0, 9) == [0, 1]
    line.end(0)
    assert line.take(0, 9) == []
    line.end(1)
    assert line.take(0, 9) == [2]
    line.end(2)
    assert line.take(0, 9) == [3]


def test_one_that_fails_holds_up_its_own_record_only() -> None:
    line = line_of("a", "a", "b", "c")
    assert line.take(0, 1) == [0]
    line.again(0, now=0)
    assert line.take(0, 9) == [2, 3]
    assert line.next_at() == 1
    assert line.take(0.9, 9) == []
    assert line.take(1, 9) == [0]


def test_pauses_grow_to_five_minutes_and_end_with_success() -> None:
    line = line_of("a")
    now, pauses = 0.0, []
    for _ in range(11):
        assert line.take(now, 1) == [0]
        line.again(0, now)
        at = line.next_at()
        assert at is not None
        pauses.append(at - now)
        now = at
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    line.hurry()
    assert line.take(0, 1) == [0]
    line.again(0, 0)
    assert line.next_at() == pause_s(1)


def test_a_race_is_tried_again_at_once() -> None:
    line = line_of("a")
    line.take(5, 1)
    line.again(0, 5, soon=True)
    assert line.take(5, 1) == [0]


def test_what_is_held_holds_up_its_record() -> None:
    line = Line()
    line.add(0, "a", held=True)
    line.add(1, "a")
    line.add(2, "b")
    assert line.take(0, 9) == [2]
    assert line.ready == 0


def test_what_is_held_does_not_go_when_its_turn_comes() -> None:
    line = line_of("a")
    line.add(1, "a", held=True)
    line.add(2, "a")
    line.take(0, 9)
    line.end(0)
    assert line.take(0, 9) == []


def test_what_gets_stuck_holds_up_its_record() -> None:
    line = line_of("a", "a", "b")
    line.take(0, 1)
    line.hold(0)
    assert line.take(0, 9) == [2]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.sets(st.sampled_from("abcd"), min_size=1), max_size=20), st.randoms(use_true_random=False))
def test_everything_goes_once_and_in_order_of_its_records(records: list[set[str]], random: object) -> None:
    line, went, under_way = Line(), [], []
    for index, names in enumerate(records):
        line.add(index, sorted(names))
    while True:
        under_way += line.take(0, 2)
        if not under_way:
            break
        index = under_way.pop(random.randrange(len(under_way)))  # type: ignore[attr-defined]
        went.append(index)
        line.end(index)
    assert sorted(went) == list(range(len(records)))
    for name in "abcd":
        about = [index for index in went if name in records[index]]
        assert about == sorted(about)
