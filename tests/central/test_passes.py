"""Keys of booking passes come and go, and a pass can be taken back; kiosks learn it by the snapshot alone."""

import shutil
import stat
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session
from wire import MORNING, database_of

from central.__main__ import main
from central.database import OfficeRow, PassKeyRow, for_writing, open_database
from central.demo import PASS_VALID
from central.passes import Declined, Signer, adopt, pass_keys, retire, revoke, revoked, rotate
from central.snapshot import snapshot
from kiosk.booking_code import read
from kiosk.booking_pass import BookingPass, verifying_keys
from kiosk.model import Reason, Refusal
from kiosk.protocol import SNAPSHOT, Snapshot

LATER = MORNING + PASS_VALID
NEXT_DAY = MORNING + timedelta(days=1)


@pytest.fixture
def session(data: Path):
    engine = open_database(data)
    with Session(for_writing(engine)) as session, session.begin():
        yield session
    engine.dispose()


def told(session: Session, now: datetime = MORNING) -> Snapshot:
    body = snapshot(session, "PYK", now)
    return Snapshot.model_validate_json(body)


def new_pass(session: Session, data: Path) -> str:
    return Signer(session, data, MORNING).sign(told(session).bookings[0], LATER)


def believed(text: str, by: Snapshot, now: datetime = NEXT_DAY) -> bool:
    return isinstance(read(text, verifying_keys(by.pass_keys), now), BookingPass)


def test_while_keys_overlap_passes_of_both_are_believed(session: Session, data: Path) -> None:
    old = new_pass(session, data)
    rotate(session, data, MORNING)
    new = new_pass(session, data)
    assert len(told(session).pass_keys) == 2
    assert believed(old, told(session))
    assert believed(new, told(session))


def test_a_kiosk_without_the_network_goes_on_believing_the_passes_that_it_knows(session: Session, data: Path) -> None:
    held, old = told(session), new_pass(session, data)
    rotate(session, data, MORNING)
    new = new_pass(session, data)
    assert believed(old, held)
    assert read(new, verifying_keys(held.pass_keys), NEXT_DAY) == Refusal(Reason.FORGED)


def test_after_its_retirement_no_pass_of_a_former_key_is_believed(session: Session, data: Path) -> None:
    former, old = Signer(session, data, MORNING).key_id, new_pass(session, data)
    rotate(session, data, MORNING)
    retire(session, former, MORNING)
    assert read(old, verifying_keys(told(session).pass_keys), NEXT_DAY) == Refusal(Reason.FORGED)
    assert believed(new_pass(session, data), told(session))


def test_a_former_key_leaves_when_its_last_pass_expires(session: Session, data: Path) -> None:
    former = Signer(session, data, MORNING).key_id
    new_pass(session, data)
    rotate(session, data, MORNING)
    just_before = told(session, LATER - timedelta(seconds=1))
    assert former in {each.key_id for each in just_before.pass_keys}
    assert former not in {each.key_id for each in told(session, LATER).pass_keys}


def test_the_key_that_signs_cannot_be_retired_and_an_unknown_one_is_named(session: Session, data: Path) -> None:
    with pytest.raises(Declined, match="rotate it first"):
        retire(session, Signer(session, data, MORNING).key_id, MORNING)
    with pytest.raises(Declined, match="ffffff"):
        retire(session, "ffffff", MORNING)


def test_the_former_private_key_is_gone_and_the_new_one_is_its_owners_alone(session: Session, data: Path) -> None:
    file = data / "pass-key.pem"
    before = file.read_bytes()
    rotate(session, data, MORNING)
    assert file.read_bytes() != before
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in data.iterdir() if "pass-key" in each.name] == ["pass-key.pem"]


def test_a_rotation_cut_off_between_file_and_database_is_made_good(data: Path) -> None:
    engine = open_database(data)
    with Session(for_writing(engine)) as session:
        lost = rotate(session, data, MORNING)
        session.rollback()
        assert lost not in {each.key_id for each in pass_keys(session, MORNING)}
    with Session(for_writing(engine)) as session, session.begin():
        assert Signer(session, data, MORNING).key_id == lost
        assert [row.key_id for row in session.query(PassKeyRow).filter_by(signs=True)] == [lost]
        assert len(pass_keys(session, MORNING)) == 2
    engine.dispose()


def test_a_retired_key_is_never_taken_for_the_one_that_signs(session: Session, data: Path) -> None:
    file = data / "pass-key.pem"
    former, before = Signer(session, data, MORNING).key_id, file.read_bytes()
    rotate(session, data, MORNING)
    after = file.read_bytes()
    retire(session, former, MORNING)
    file.write_bytes(before)
    for use in (Signer, adopt, rotate):
        with pytest.raises(Declined, match=f"{former}, which was retired on 2026-11-24; put the file aside"):
            use(session, data, MORNING)
    with pytest.raises(Declined, match=former):
        retire(session, former, MORNING)
    assert former not in {each.key_id for each in told(session).pass_keys}
    file.write_bytes(after)
    adopt(session, data, MORNING)


def test_the_key_in_the_file_is_the_one_that_signs_also_when_an_older_file_came_back(
    session: Session, data: Path
) -> None:
    file = data / "pass-key.pem"
    first, before = Signer(session, data, MORNING).key_id, file.read_bytes()
    second = rotate(session, data, MORNING)
    file.write_bytes(before)
    assert Signer(session, data, MORNING).key_id == first
    assert [row.key_id for row in session.query(PassKeyRow).filter_by(signs=True)] == [first]
    with pytest.raises(Declined, match="is the key that signs"):
        retire(session, first, MORNING)
    retire(session, second, MORNING)


def test_a_database_restored_from_before_a_rotation_tells_the_key_of_the_passes_that_are_about(
    sqlite, data: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(data, tmp_path / "copy")
    engine = open_database(data)
    with Session(for_writing(engine)) as session, session.begin():
        rotate(session, data, MORNING)
        handed_out = new_pass(session, data)
    engine.dispose()
    shutil.copy(data / "pass-key.pem", copy)
    engine = open_database(copy)
    with Session(for_writing(engine)) as session, session.begin():
        assert not believed(handed_out, told(session))
        adopt(session, copy, MORNING)
        assert believed(handed_out, told(session))
        rotate(session, copy, MORNING)
        assert believed(handed_out, told(session))
    engine.dispose()


def test_a_folder_without_a_key_gets_none_by_being_served(session: Session, data: Path) -> None:
    (data / "pass-key.pem").unlink()
    adopt(session, data, MORNING)
    assert not (data / "pass-key.pem").exists()


def test_a_file_that_is_no_key_is_named(session: Session, data: Path) -> None:
    (data / "pass-key.pem").write_text("not a key")
    with pytest.raises(OSError, match=r"pass-key\.pem"):
        Signer(session, data, MORNING)


def test_a_revoked_booking_is_told_until_its_last_pass_has_expired(session: Session, data: Path) -> None:
    booking = uuid4()
    new_pass(session, data)
    until = revoke(session, booking, MORNING)
    assert until == LATER
    assert revoke(session, booking, MORNING) == until
    assert told(session, LATER - timedelta(seconds=1)).revoked == (booking,)
    assert told(session, LATER).revoked == ()
    assert revoked(session, "PYK", LATER) == ()


def test_when_no_pass_is_alive_there_is_nothing_to_revoke(session: Session) -> None:
    with pytest.raises(Declined, match="nothing to revoke"):
        revoke(session, uuid4(), MORNING + timedelta(days=365))


def test_a_revocation_and_a_rotation_reach_kiosks_by_a_new_snapshot(kiosk, data: Path, clock) -> None:
    first = kiosk.get(SNAPSHOT)
    engine = open_database(data)
    with Session(for_writing(engine)) as session, session.begin():
        revoke(session, UUID(int=7), clock.now())
        key_id = rotate(session, data, clock.now())
    engine.dispose()
    second = kiosk.get(SNAPSHOT, **{"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    read_back = Snapshot.model_validate_json(second.content)
    assert read_back.revoked == (UUID(int=7),)
    assert key_id in {each.key_id for each in read_back.pass_keys}


def test_an_offices_key_of_before_is_taken_over(tmp_path: Path) -> None:
    key = '{"key_id": "0a0b0c", "public_key": "AAAA"}'
    with database_of(tmp_path, "0002") as connection:
        connection.execute(OfficeRow.__table__.insert().values(id="PYK", body=f'{{"pass_keys": [{key}]}}'))
    engine = open_database(tmp_path)
    with Session(engine) as session:
        (row,) = session.query(PassKeyRow).all()
        assert (row.key_id, row.public_key, row.signs) == ("0a0b0c", "AAAA", True)
        assert row.used_until is not None
    engine.dispose()


def test_the_commands_list_rotate_retire_and_revoke(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: str) -> str:
        assert main([*arguments, "--data", str(data)]) == 0
        return capsys.readouterr().out

    assert main(["load-demo", "--data", str(data)]) == 0
    capsys.readouterr()
    former = said("pass-keys").split()[0]
    new = said("rotate-pass-key").split()[0]
    listed = dict(line.split(maxsplit=1) for line in said("pass-keys").splitlines())
    assert set(listed) == {former, new}
    assert "signs, no passes yet" in listed[new]
    assert "former, passes until" in listed[former]
    assert str(UUID(int=7)) in said("revoke-pass", str(UUID(int=7)))
    assert said("retire-pass-key", former) == f"{former} is retired\n"
    assert said("pass-keys").split()[0] == new


def test_passes_of_a_booking_that_is_not_held_are_refused_all_the_same_and_the_command_says_so(
    session: Session, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new_pass(session, data)
    known = told(session).bookings[0].id
    session.commit()
    unknown = UUID(int=7)
    for booking, words in (
        (known, ""),
        (unknown, f"kiosk-central: no booking {unknown} is held here; is the id right?\n"),
    ):
        assert main(["revoke-pass", str(booking), "--data", str(data)]) == 0
        assert capsys.readouterr().err == words


def test_a_command_that_cannot_be_done_says_why(data: Path, tmp_path: Path, capsys) -> None:
    assert main(["retire-pass-key", "ffffff", "--data", str(data)]) == 1
    assert "there is no pass key ffffff" in capsys.readouterr().err
    assert main(["pass-keys", "--data", str(tmp_path / "wrong-folder")]) == 1
    assert "load-demo" in capsys.readouterr().err
