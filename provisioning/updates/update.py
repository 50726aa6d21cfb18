"""An update, in small durable steps. A power cut after any of them leaves a kiosk that starts.

`proven` is the truth: `current` is another version only while a trial says so. So what was cut off is settled by
looking at four things on the disk (the two links, the trial, what is refused), without a log of steps:

    on the disk                                   what it was            settled by
    no trial                                      nothing                current goes to proven
    a trial, current is not its version           before the switch,     current goes to proven, no trial
                                                  or after the way back
    a trial, current is its version, refused      on the way back        current goes to proven, no trial
    a trial, current and proven are its version   proven, all but        no trial
                                                  the last step
    a trial, current is its version, else         on trial               counted, and probed again

A system is another matter: which slot is started is the boot loader's, which counts its starts. Its trial goes on while
the root that brought that version runs, and has failed when another root runs than the one that was installed.
"""

import fcntl
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from kiosk.durable_file import sync
from kiosk.errors import ConfigError
from provisioning.updates.errors import NotTaken
from provisioning.updates.health import Failed, Probe, Running, first_failed
from provisioning.updates.memory import Memory, SystemTrial, TakenSystem, Trial, make
from provisioning.updates.release import CODE, Release, order
from provisioning.updates.source import Offer, Source
from provisioning.updates.system import System
from provisioning.updates.versions import CURRENT, PREVIOUS, PROVEN, Versions

Choice = Callable[[Sequence[Offer]], Offer | None]
"""What of the offers, the newest first, is to be taken; None for nothing."""
MOST_STARTS = 2
"""A version during whose trial the machine starts more often is taken back: it may be what makes it start."""
ROOM = 5
"""A version's folder takes so many times its archive's size, with the archive itself."""
BUNDLE_ROOM = 1.2
"""A bundle is put into a partition of its own."""
BY_HAND = "it was taken back by hand"


class Updating:
    """One kiosk's updates. `probes` judge a version while the kiosk is stopped; `now` gives UTC; `say` tells the
    technician, or the journal, what happens; `system` is None on a box without slots.
    """

    def __init__(
        self,
        versions: Versions,
        memory: Memory,
        config: Path,
        running: Running,
        probes: Sequence[Probe],
        now: Callable[[], datetime],
        say: Callable[[str], None],
        system: System | None = None,
    ) -> None:
        self._versions, self._memory, self._config = versions, memory, config
        self._running, self._probes, self._now, self._say = running, probes, now, say
        self._system = system

    @contextmanager
    def alone(self) -> Iterator[None]:
        """For one at a time. Raises NotTaken while another update goes on."""
        with (self._memory.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise NotTaken("another update is going on; wait until it has ended") from error
            yield

    @property
    def current(self) -> str:
        """The version that runs. Raises ConfigError where none is installed."""
        current = self._versions.of(CURRENT)
        if current is None or not self._versions.has(current):
            raise ConfigError([f"{self._versions.folder} has no version that runs; begin with kiosk-provision apply"])
        return current

    def settle(self, started: bool) -> Trial | None:
        """Ends what a power cut left half done, and returns the trial that goes on. `started`: the machine was started
        since; too many starts end a trial.
        """
        current, trial = self.current, self._memory.trial()
        proven = self._versions.of(PROVEN)
        if proven is None or not self._versions.has(proven):
            self._versions.point(PROVEN, current)
            proven = current
        if started:
            self._settle_system()
        refused = self._memory.refused()
        if trial is None or current != trial.to or proven == trial.to or trial.to in refused:
            self._back_to(proven)
            return None
        if started:
            trial = replace(trial, started=trial.started + 1)
            self._memory.begin(trial)
        if trial.started > MOST_STARTS:
            self._refuse(trial.to, f"the machine was started {trial.started} times during its trial")
            return None
        return trial

    def update(self, source: Callable[[], Source], choose: Choice | None) -> bool:
        """Goes on with a trial, or else takes the release that is chosen of those that the source offers; returns
        whether all is well: False where a version had to be taken back. Raises UpdateError, ConfigError, OSError.
        """
        trial = self.settle(started=False)
        system_trial = self._memory.system_trial()
        if system_trial:
            return self._judge_system(system_trial)
        version = trial.to if trial else self._brought(source, choose)
        if version is None:
            self._say(f"{self.current} runs, and no other version is wanted")
            return True
        with self._never_left_stopped():
            return self._judge(trial or self._switch(version))

    def _brought(self, source: Callable[[], Source], choose: Choice | None) -> str | None:
        """The version that is chosen, once it is installed. A system is installed, and the machine is started anew."""
        if choose is None:
            return None
        with closing(source()) as opened:
            offer = choose(opened.offers())
            if offer and offer.release.kind == CODE:
                self._install(opened, offer)
                return offer.release.version
            bundle = self._downloaded(opened, offer, BUNDLE_ROOM) if offer else None
        if offer and bundle:
            self.install_system(bundle, offer.release)
        return None

    def install_system(self, bundle: Path, release: Release | None = None) -> None:
        """Puts a bundle into the other slot of a sound kiosk, and starts the machine anew with it, on trial. A bundle
        from a repository has to be what was offered as `release`. Raises UpdateError, ConfigError, OSError.
        """
        if self._system is None:
            raise NotTaken("this box has no slots, for it was not made of an image; its system is updated by apt")
        if self._memory.trial() or self._memory.system_trial():
            raise NotTaken("another update is on trial; wait until it has ended")
        version = self._system.version_of(bundle)
        if release and release.version != version:
            raise NotTaken(f"what is offered as {release.version} is a bundle of {version}; ask its publisher")
        self._check(release or Release(version))
        with self._never_left_stopped():
            self._stop_sound(version)
            trial = SystemTrial(version, str(self._versions.brought))
            self._memory.begin_system(trial)
            # What the other slot has is written over now.
            self._memory.forget_taken_system()
            try:
                self._system.install(bundle)
            except BaseException:
                self._memory.end_system_trial()
                raise
            self._memory.begin_system(replace(trial, is_installed=True))
            bundle.unlink() if release else None
            self._say(f"the system of {version} is started now, on trial")
            self._system.restart()

    def _settle_system(self) -> None:
        """At a start: what became of a system that was installed."""
        trial = self._memory.system_trial()
        if trial is None or trial.to == self._versions.brought:
            return
        if trial.is_installed:
            problem = trial.problem or "its system did not come up"
            if not trial.is_way_back:
                self._memory.refuse(trial.to, problem)
            self._say(f"the system of {trial.to} has gone back to {self._versions.brought}: {problem}")
        self._memory.end_system_trial()

    def _judge_system(self, trial: SystemTrial) -> bool:
        """Probes what runs, and keeps the slot, or starts the machine anew: its tries end."""
        system = self._system_on_trial(trial)
        with self._never_left_stopped():
            self._running.stop()
            failed = first_failed(self._versions.place(self.current), self._config, self._probes, self._running)
        failed = failed or self._running.start()
        if failed:
            self._memory.begin_system(replace(trial, problem=str(failed)))
            self._say(f"the system of {trial.to} is started once more, or goes back: {failed}")
            system.restart()
            return False
        system.keep()
        if trial.is_way_back:
            self._memory.refuse(trial.former, BY_HAND)
            self._memory.forget_taken_system()
        else:
            self._memory.keep_taken_system(TakenSystem(trial.to, trial.former))
        self._memory.end_system_trial()
        self._say(f"the system of {trial.to} is sound and stays")
        return True

    def _system_on_trial(self, trial: SystemTrial) -> System:
        if self._system is None or trial.to != self._versions.brought:
            raise NotTaken(f"the system of {trial.to} is installed and waits for the next start of the machine")
        return self._system

    @contextmanager
    def _never_left_stopped(self) -> Iterator[None]:
        """Starts the kiosk where an error ends what it was stopped for."""
        try:
            yield
        except BaseException:
            self._running.start()
            raise

    def roll_back(self) -> None:
        """Takes back, by hand, what was taken last: the archive, if one came after the system that runs, else that
        system, to whose former slot the machine starts anew, on trial. Raises NotTaken where there is nothing.
        """
        trial, taken = self._memory.system_trial(), self._memory.taken_system()
        if trial:
            self._leave(trial)
        elif self._system and taken and taken.to == self._versions.brought == self.current:
            self._back_to_system(self._system, taken)
        else:
            self._back_to_version()

    def _leave(self, trial: SystemTrial) -> None:
        """Ends the trial of the system that runs: the former one, which has proved itself, is started."""
        system = self._system_on_trial(trial)
        self._memory.begin_system(replace(trial, problem=BY_HAND))
        system.leave()
        self._say(f"the system of {trial.to}, on trial, is taken back: that of {trial.former} is started now")
        system.restart()

    def _back_to_system(self, system: System, taken: TakenSystem) -> None:
        """Starts the former slot, which is judged as a new one is: should it fail, this one is started again."""
        self._memory.begin_system(SystemTrial(taken.former, taken.to, is_installed=True, is_way_back=True))
        try:
            system.go_back()
        except BaseException:
            self._memory.end_system_trial()
            raise
        self._say(f"the system of {taken.to} was taken last: that of {taken.former} is started now, on trial")
        system.restart()

    def _back_to_version(self) -> None:
        """Goes back to the version before."""
        trial, current = self._memory.trial(), self.current
        former = trial.former if trial and trial.to == current else self._versions.of(PREVIOUS)
        if former is None or former == current or not self._versions.has(former):
            raise NotTaken(f"there is no version from before {current} on this disk; it can only be updated")
        with self._never_left_stopped():
            self._running.stop()
            self._memory.refuse(current, BY_HAND)
            self._versions.point(PROVEN, former)
            self._back_to(former)
            failed = self._running.start()
        self._say(f"{current} was taken last: {former} runs again" + (f", but {failed}" if failed else ""))

    def _install(self, source: Source, offer: Offer) -> None:
        """Puts a release beside the version that runs."""
        release = offer.release
        self._check(release)
        if self._versions.has(release.version):
            return
        archive = self._downloaded(source, offer, ROOM)
        self._versions.install(archive, release.version)
        archive.unlink()
        sync(archive.parent)

    def _downloaded(self, source: Source, offer: Offer, room: float) -> Path:
        """What is offered, as a file, where there is `room` for so many times its size."""
        release = offer.release
        self._check(release)
        downloads = self._memory.folder / "downloads"
        make(downloads)
        archive = downloads / release.file
        for other in downloads.iterdir():
            if not other.name.startswith(release.file):
                other.unlink()
        self._check_room(int(room * offer.target.length))
        self._say(f"downloading {release.version}")
        source.fetch(offer, archive)
        self._versions.sweep()
        return archive

    def _check(self, release: Release) -> None:
        current, version = self.current, release.version
        if order(version) <= order(current):
            raise NotTaken(f"{version} is not newer than {current}, which runs; kiosk-provision roll-back goes back")
        if order(current) < order(release.oldest):
            raise NotTaken(f"{version} cannot follow {current} at once; update to {release.oldest} or newer first")
        reason = self._memory.refused().get(version)
        if reason:
            raise NotTaken(f"{version} was taken back ({reason}); it is taken again with --again")

    def _check_room(self, wanted: int) -> None:
        free = shutil.disk_usage(self._versions.folder).free
        if free < wanted:
            raise NotTaken(
                f"{wanted // 1_000_000} MB of free space are wanted, {free // 1_000_000} MB are there; free some"
            )

    def _switch(self, version: str) -> Trial:
        """Stops a sound kiosk, and makes the version the current one, on trial."""
        former = self.current
        self._stop_sound(version)
        trial = Trial(former, version, self._now())
        self._memory.begin(trial)
        self._versions.point(CURRENT, version)
        self._say(f"{version} is on trial")
        return trial

    def _stop_sound(self, version: str) -> None:
        """Stops the kiosk, which is to pass its probes before it becomes another version."""
        self._running.stop()
        failed = first_failed(self._versions.place(self.current), self._config, self._probes, self._running)
        if failed:
            raise NotTaken(
                f"only a sound kiosk is updated, for its faults would be laid to {version}; mend it: {failed}"
            )

    def _judge(self, trial: Trial) -> bool:
        """Probes the version on trial, and keeps it, or goes back."""
        self._running.stop()
        failed = first_failed(self._versions.place(trial.to), self._config, self._probes, self._running)
        if failed and self._is_nobodys(failed, trial.former):
            self._running.start()
            self._say(f"{trial.to} stays on trial, for {trial.former} fails too: {failed}")
            return False
        failed = failed or self._running.start()
        if failed:
            self._running.stop()
            self._refuse(trial.to, str(failed))
            self._running.start()
            return False
        self._versions.point(PREVIOUS, trial.former)
        self._versions.point(PROVEN, trial.to)
        self._memory.end_trial()
        self._versions.sweep()
        self._say(f"{trial.to} is sound and stays; {trial.former} is kept to go back to")
        return True

    def _is_nobodys(self, failed: Failed, former: str) -> bool:
        """Whether the former version fails as well: a trial that went on after a power cut may find a network that is
        not back, or a printer without paper.
        """
        probe = failed.probe
        if probe is None or not probe.outward:
            return False
        return first_failed(self._versions.place(former), self._config, [probe], self._running) is not None

    def _refuse(self, version: str, reason: str) -> None:
        self._memory.refuse(version, reason)
        self._back_to(str(self._versions.of(PROVEN)))
        self._say(f"{version} was taken back, {self.current} runs again: {reason}")

    def _back_to(self, proven: str) -> None:
        """What runs is the proven version, and no other is on trial."""
        if self._versions.of(CURRENT) != proven:
            self._versions.point(CURRENT, proven)
        if self._memory.trial():
            self._memory.end_trial()
