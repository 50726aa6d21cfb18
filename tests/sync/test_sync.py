import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path
from random import Random
from time import monotonic
from uuid import UUID

import pytest
from sync_faults import Site, site
from sync_site import SyncKiosk

from central.database import database_file
from central.fault_proxy import Exchange
from central.faults import ACKNOWLEDGEMENTS, BAD_CERTIFICATES, Fault
from kiosk.errors import StoreError
from kiosk.model import StoreFault
from kiosk.protocol import BATCH_BYTES, FACTS, HEARTBEATS, SNAPSHOT, Commented
from kiosk.sync import SyncState

PASSED_ON = {Fault.NONE, Fault.TWICE, Fault.REPLAY, Fault.SLOW}
"""The kiosk sees nothing of these."""
STOPPING = {Fault.CONFLICT, Fault.EXPECTED}
UNTAKEN = [each for each in Fault if each not in PASSED_ON | STOPPING | {Fault.TOO_LARGE, Fault.SILENT}]
OF_ANY_REQUEST = [each for each in UNTAKEN if each not in ACKNOWLEDGEMENTS]


def facts_of(office: Site, kiosk: SyncKiosk) -> list[int]:
    return office.facts_of(kiosk.identity.kiosk_id)


def bodies(heard: list[Exchange]) -> list[bytes]:
    return [each.request.body for each in heard if each.request.target == FACTS]


def test_facts_go_out_and_a_snapshot_comes_in(office: Site, tmp_path: Path) -> None:
    kiosk = office.kiosk(tmp_path, Random(1))
    kiosk.record(3)
    kiosk.round()
    assert facts_of(office, kiosk) == [1, 2, 3]
    assert kiosk.store.owed_count() == 0
    assert kiosk.store.snapshot()
    assert kiosk.state is SyncState.ONLINE
    kiosk.close()


def test_a_kiosk_that_waits_a_week_for_its_approval_loses_nothing_and_then_goes_on_by_itself(
    office: Site, tmp_path: Path
) -> None:
    kiosk = office.kiosk(tmp_path, Random(1))
    with sqlite3.connect(database_file(office.server.data)) as db:
        db.execute("UPDATE kiosks SET approved = 0 WHERE id = ?", (str(kiosk.identity.kiosk_id),))
    for _ in range(3):
        kiosk.record(1)
        assert kiosk.round() == 15
        assert kiosk.state is SyncState.WAITING
        office.clock.seconds += timedelta(days=3).total_seconds()
    assert (facts_of(office, kiosk), kiosk.store.owed_count(), kiosk.store.snapshot()) == ([], 3, None)
    with sqlite3.connect(database_file(office.server.data)) as db:
        db.execute("UPDATE kiosks SET approved = 1 WHERE id = ?", (str(kiosk.identity.kiosk_id),))
    kiosk.round()
    assert (facts_of(office, kiosk), kiosk.store.owed_count()) == ([1, 2, 3], 0)
    assert kiosk.store.snapshot()
    assert kiosk.state is SyncState.ONLINE
    kiosk.close()


@pytest.mark.parametrize("fault", UNTAKEN)
def test_whatever_happens_on_the_way_the_facts_stay_owed_and_arrive_later_once(
    office: Site, kiosk: SyncKiosk, fault: Fault
) -> None:
    kiosk.record(2)
    office.proxy.script.append(fault)
    wait = kiosk.round()
    assert kiosk.store.owed_count() == 2
    assert kiosk.state is (SyncState.REFUSED if fault in (Fault.UNAUTHORIZED, Fault.FORBIDDEN) else SyncState.OFFLINE)
    assert 0 <= wait <= 900
    kiosk.rounds(3)
    assert facts_of(office, kiosk) == [1, 2]
    assert kiosk.store.owed_count() == 0
    assert kiosk.state is SyncState.ONLINE


@pytest.mark.parametrize("fault", OF_ANY_REQUEST)
def test_whatever_happens_on_the_way_the_last_snapshot_stays(office: Site, kiosk: SyncKiosk, fault: Fault) -> None:
    held = kiosk.store.snapshot()
    office.proxy.script.append(fault)
    kiosk.round()
    assert office.proxy.applied[fault] == 1
    assert kiosk.store.snapshot() == held


def test_a_server_that_takes_connections_and_says_nothing_is_left_in_time(office: Site, tmp_path: Path) -> None:
    kiosk = office.kiosk(tmp_path, Random(1), seconds=0.5)
    kiosk.record(1)
    office.proxy.script.append(Fault.SILENT)
    began = monotonic()
    kiosk.round()
    assert monotonic() - began < 3
    assert kiosk.store.owed_count() == 1
    assert kiosk.state is SyncState.OFFLINE
    kiosk.close()


def test_a_batch_that_is_too_large_for_the_server_is_halved(
    office: Site, kiosk: SyncKiosk, heard: list[Exchange]
) -> None:
    kiosk.record(8)
    office.proxy.script.extend([Fault.TOO_LARGE] * 2)
    kiosk.round()
    assert [len(each.request.facts()) for each in heard if each.request.target == FACTS] == [8, 4, 2, 6]
    assert facts_of(office, kiosk) == list(range(1, 9))


def test_a_lost_answer_is_asked_for_again_with_the_same_bytes_though_more_was_recorded_and_the_kiosk_restarted(
    office: Site, kiosk: SyncKiosk, heard: list[Exchange]
) -> None:
    kiosk.record(2)
    office.proxy.script.append(Fault.LOST_ANSWER)
    kiosk.round()
    kiosk.record(1)
    kiosk.restart(office.proxy.url)
    kiosk.round()
    first, again, more = bodies(heard)
    assert first == again
    assert first != more
    assert facts_of(office, kiosk) == [1, 2, 3]


def test_retry_after_is_honoured_up_to_a_quarter_of_an_hour_and_nonsense_is_not(
    office: Site, kiosk: SyncKiosk, heard: list[Exchange]
) -> None:
    seen = set()
    for _ in range(60):
        office.proxy.script.append(Fault.UNAVAILABLE)
        kiosk.record(1)
        wait = kiosk.round()
        assert heard[-1].answer
        asked = dict(heard[-1].answer.headers)[b"retry-after"]
        seen.add(asked)
        if asked == b"7":
            assert 7 <= wait <= 60
        elif asked == b"9" * 400:
            assert wait == 900
        elif asked in (b"soon", b"-5", b"", b"1e9"):
            assert wait <= 60
    assert {b"7", b"9" * 400, b"soon", b"-5"} <= seen


def test_a_fork_stops_the_facts_but_not_the_snapshots(office: Site, kiosk: SyncKiosk, heard: list[Exchange]) -> None:
    kiosk.record(1)
    office.proxy.script.append(Fault.CONFLICT)
    kiosk.rounds(3)
    assert kiosk.store.owed_count() == 1
    assert kiosk.state is SyncState.FORKED
    assert len(bodies(heard)) == 1
    assert [each for each in heard if each.request.method == "GET"]


def test_no_batch_is_larger_than_agreed_and_all_arrive_in_order(
    office: Site, kiosk: SyncKiosk, heard: list[Exchange]
) -> None:
    for number in range(1, 331):
        kiosk.store.record(Commented(rating=UUID(int=number), text="\x01" * 500))
    kiosk.round()
    # In JSON each of these characters is six bytes, so a hundred of these facts are too many.
    sizes = [len(body) for body in bodies(heard)]
    assert BATCH_BYTES * 0.9 < max(sizes) <= BATCH_BYTES
    assert facts_of(office, kiosk) == list(range(1, 331))


def unheard(office: Site, kiosk: SyncKiosk, heard: list[Exchange], fault: Fault) -> None:
    """The kiosk met that certificate, and said nothing to whoever showed it."""
    assert fault in BAD_CERTIFICATES
    kiosk.record(1)
    office.proxy.script.append(fault)
    kiosk.round()
    assert office.proxy.applied[fault] == 1
    assert heard == []
    assert kiosk.store.owed_count() == 1
    assert kiosk.state is SyncState.OFFLINE


def test_a_certificate_of_a_foreign_authority_is_not_spoken_to(
    office: Site, kiosk: SyncKiosk, heard: list[Exchange]
) -> None:
    unheard(office, kiosk, heard, Fault.OTHER_AUTHORITY)


def test_a_certificate_of_another_name_is_not_spoken_to(office: Site, kiosk: SyncKiosk, heard: list[Exchange]) -> None:
    unheard(office, kiosk, heard, Fault.OTHER_NAME)


def test_a_certificate_that_has_expired_is_not_spoken_to(office: Site, kiosk: SyncKiosk, heard: list[Exchange]) -> None:
    unheard(office, kiosk, heard, Fault.EXPIRED)


def waits_longer_and_longer(kiosk: SyncKiosk) -> None:
    waits = [kiosk.round() for _ in range(12)]
    assert kiosk.state is SyncState.OFFLINE
    assert max(waits) <= 60
    assert max(waits[6:]) > max(waits[:2])


def test_a_server_that_refuses_connections_is_waited_for_longer_and_longer(office: Site, kiosk: SyncKiosk) -> None:
    kiosk.record(1)
    office.proxy.close_door()
    waits_longer_and_longer(kiosk)
    office.proxy.open_door()
    kiosk.round()
    assert kiosk.store.owed_count() == 0


def test_a_name_that_does_not_resolve_is_waited_for_longer_and_longer(office: Site, kiosk: SyncKiosk) -> None:
    kiosk.record(1)
    kiosk.restart("https://central.invalid")
    waits_longer_and_longer(kiosk)
    kiosk.restart(office.proxy.url)
    kiosk.round()
    assert kiosk.store.owed_count() == 0


def test_a_redirect_is_not_followed(office: Site, kiosk: SyncKiosk, heard: list[Exchange]) -> None:
    kiosk.record(1)
    office.proxy.script.append(Fault.REDIRECT)
    kiosk.round()
    assert [each.request.target for each in heard] == [FACTS]


def test_an_acknowledgement_of_what_was_not_sent_is_not_believed(office: Site, kiosk: SyncKiosk) -> None:
    kiosk.record(3)
    kiosk.round()
    for fault in [Fault.UP_TO, Fault.OTHER_EPOCH] * 8:
        kiosk.record(1)
        office.proxy.script.append(fault)
        kiosk.round()
        assert kiosk.store.owed_count() == 1
        kiosk.round()
        assert kiosk.store.owed_count() == 0
    assert facts_of(office, kiosk) == list(range(1, 20))


def test_a_refused_batch_keeps_neither_the_snapshot_nor_the_heartbeat_back(
    office: Site, kiosk: SyncKiosk, heard: list[Exchange]
) -> None:
    kiosk.round()
    kiosk.record(1)
    heard.clear()
    office.proxy.script.append(Fault.TOO_LARGE)
    office.clock.seconds += 60
    kiosk.round()
    assert [each.request.target for each in heard] == [FACTS, SNAPSHOT, HEARTBEATS]
    assert kiosk.store.owed_count() == 1


def test_a_server_restored_from_an_older_copy_gets_its_facts_again_though_nothing_is_owed(tmp_path: Path) -> None:
    with site(1) as own:
        kiosk = own.kiosk(tmp_path, Random(1))
        kiosk.record(1)
        kiosk.round()
        copy = tmp_path / "copy"
        own.server.copy(copy)
        kiosk.record(2)
        kiosk.round()
        own.server.stop()
        own.clock.seconds += 60
        kiosk.round()
        own.server.restore(copy)
        own.server.start()
        assert facts_of(own, kiosk) == [1]
        own.clock.seconds += 60
        kiosk.round()
        assert facts_of(own, kiosk) == [1, 2, 3]
        kiosk.close()


def test_a_copy_of_the_store_that_was_put_back_is_known_before_it_sends_anything(tmp_path: Path) -> None:
    with site(1) as own:
        kiosk = own.kiosk(tmp_path / "kiosk", Random(1))
        kiosk.record(1)
        kiosk.round()
        kiosk.close()
        shutil.copytree(tmp_path / "kiosk", tmp_path / "copy")
        kiosk.restart(own.proxy.url)
        kiosk.record(2)
        kiosk.round()
        kiosk.close()
        shutil.copytree(tmp_path / "copy", tmp_path / "kiosk", dirs_exist_ok=True)
        kiosk.restart(own.proxy.url)
        kiosk.record(1)
        with pytest.raises(StoreError) as raised:
            kiosk.round()
        assert raised.value.fault is StoreFault.OLD_COPY
        assert facts_of(own, kiosk) == [1, 2, 3]
        kiosk.close()
