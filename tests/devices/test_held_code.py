from kiosk.devices.codes import HeldCode


def test_a_code_held_before_the_camera_is_read_once():
    held = HeldCode()
    assert [held.new("A", now) for now in (0.0, 0.5, 1.9, 3.8)] == ["A", None, None, None]


def test_a_code_counts_again_when_it_has_been_away_for_two_seconds():
    held = HeldCode()
    assert [held.new(code, now) for code, now in [("A", 0.0), (None, 1.0), ("A", 2.0)]] == ["A", None, "A"]


def test_another_code_counts_at_once():
    held = HeldCode()
    assert [held.new(code, now) for code, now in [("A", 0.0), ("B", 0.1), ("A", 0.2)]] == ["A", "B", "A"]
