"""In step with the central server: facts out, snapshots in, a sign of life; nothing here stops a visit."""

from collections.abc import Callable
from enum import StrEnum
from threading import Event

from kiosk.client import Client
from kiosk.errors import CentralError, CentralRefused, CentralRejected, CentralUnreachable, NotApproved
from kiosk.event_log import CentralUnavailable, FactsNotTaken, FactsSentAgain, Failure, note
from kiosk.journal import Batch
from kiosk.protocol import FactsAccepted, Heartbeat, HeartbeatAnswer, NewEpoch, Snapshot
from kiosk.store import Store
from kiosk.workers import BackOff

LONGEST_WAIT = 60.0
LONGEST_RETRY_AFTER = 900.0


class SyncState(StrEnum):
    """WAITING: nobody has approved this kiosk yet. REFUSED: it is not accepted. FORKED: another kiosk bears its
    identity; its facts stay here.
    """

    ONLINE = "online"
    OFFLINE = "offline"
    WAITING = "waiting"
    REFUSED = "refused"
    FORKED = "forked"


class Sync:
    """Pushes, pulls and gives signs of life (one worker's job). StoreError escapes; errors of the server never do.

    `monotonic` gives s; `heartbeat` makes one, `on_heard` gets its answer; a snapshot is stored before `on_snapshot`
    hears of it.
    """

    def __init__(
        self,
        client: Client,
        store: Store,
        heartbeat: Callable[[], Heartbeat],
        on_snapshot: Callable[[Snapshot], None],
        on_state: Callable[[SyncState], None],
        monotonic: Callable[[], float],
        back_off: BackOff | None = None,
        pull_every: float = 15.0,
        heartbeat_every: float = 30.0,
        on_heard: Callable[[HeartbeatAnswer], None] = lambda answer: None,
    ) -> None:
        self._client, self._store, self._heartbeat = client, store, heartbeat
        self._on_snapshot, self._on_state, self._monotonic = on_snapshot, on_state, monotonic
        self._on_heard = on_heard
        self._back_off = back_off or BackOff(1, LONGEST_WAIT)
        self._pull_every, self._heartbeat_every = pull_every, heartbeat_every
        held = store.snapshot()
        self._etag = held[1] if held else ""
        self._pull_at = self._heartbeat_at = self._try_at = monotonic()
        self._introduced = self._forked = self._waits = False
        self._nudged = Event()

    def nudge(self) -> None:
        """Something was recorded: send it soon. From any thread."""
        self._nudged.set()

    def turn(self) -> None:
        """Does what is due, then waits until the next is, or until a nudge."""
        self._nudged.wait(self.round())
        self._nudged.clear()

    def round(self) -> float:
        """Does what is due now; returns after how many s something is due again."""
        now = self._monotonic()
        if now < self._try_at:
            return self._try_at - now
        try:
            self._introduce()
            declined = self._push()
            self._pull(now)
            self._beat(now)
            if declined:
                raise declined
        except CentralError as error:
            return self._failed(error)
        self._back_off.reset()
        self._waits = False
        self._on_state(SyncState.FORKED if self._forked else SyncState.ONLINE)
        return max(0.0, min(self._pull_at, self._heartbeat_at) - self._monotonic())

    def _introduce(self) -> None:
        """At the start, and after each failure: a server that was restored from an older copy meanwhile may not know
        this epoch any more, or hold less of it than it acknowledged.
        """
        if not self._introduced:
            answer = self._client.epoch(NewEpoch(epoch=self._store.epoch, series=self._store.series()))
            if answer.epoch != self._store.epoch:
                raise CentralUnreachable("the central server answers for another epoch")
            self._store.condemn(answer.up_to)
            self._store.keep_series(answer.series)
            if self._store.resend_from(answer.up_to + 1):
                note(FactsSentAgain())
            self._introduced = True

    def _push(self) -> CentralRejected | None:
        """Sends what is owed; returns the refusal that ended it, for the rest of the round goes on."""
        while not self._forked and (batch := self._store.next_batch()):
            try:
                accepted = self._client.facts(batch.body)
            except CentralRejected as error:
                if not self._heeded(batch, error):
                    return error
            else:
                self._accepted(batch, accepted)
        return None

    def _accepted(self, batch: Batch, accepted: FactsAccepted) -> None:
        if accepted.epoch != batch.epoch or not batch.first <= accepted.up_to <= batch.last:
            raise CentralUnreachable("the central server acknowledges what it was not sent")
        self._store.acknowledge(accepted.epoch, accepted.up_to)

    def _heeded(self, batch: Batch, error: CentralRejected) -> bool:
        """Goes back to what the server wants next, or sends less at once, or, for a fork, no more; False where nothing
        but trying later helps.
        """
        if error.status == 413:
            return self._store.halve_batch()
        if error.status != 409:
            return False
        lost = error.expected is not None and error.expected < batch.first
        if error.expected and lost and self._store.resend_from(error.expected):
            note(FactsSentAgain())
            # In the next round: a server that loses all that it takes must not be asked without end.
            return False
        note(FactsNotTaken(error.status))
        self._forked = True
        return True

    def _pull(self, now: float) -> None:
        if now < self._pull_at:
            return
        found = self._client.snapshot(self._etag)
        if found:
            snapshot, self._etag = found
            self._store.keep_snapshot(snapshot, self._etag)
            self._on_snapshot(snapshot)
        self._pull_at = now + self._pull_every

    def _beat(self, now: float) -> None:
        if now >= self._heartbeat_at:
            self._on_heard(self._client.heartbeat(self._heartbeat()))
            self._heartbeat_at = now + self._heartbeat_every

    def _failed(self, error: CentralError) -> float:
        if isinstance(error, NotApproved):
            return self._not_yet(error)
        self._waits = False
        note(CentralUnavailable(error.status, Failure.of(error)))
        self._introduced = False
        refused = isinstance(error, CentralRefused)
        self._on_state(SyncState.REFUSED if refused else SyncState.OFFLINE)
        wait = LONGEST_WAIT if refused else self._back_off.next_wait()
        if isinstance(error, CentralUnreachable) and error.retry_after is not None:
            wait = max(wait, min(error.retry_after, LONGEST_RETRY_AFTER))
        self._try_at = self._monotonic() + wait
        return wait

    def _not_yet(self, error: NotApproved) -> float:
        """Asks again as often as a kiosk that is served, for people stand before this one; noted once, for that may be
        so for days.
        """
        if not self._waits:
            note(CentralUnavailable(error.status, Failure.of(error)))
        self._introduced, self._waits = False, True
        self._on_state(SyncState.WAITING)
        self._try_at = self._monotonic() + self._pull_every
        return self._pull_every
