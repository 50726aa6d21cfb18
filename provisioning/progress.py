"""How far the set-up has come, durably: after a power cut it goes on there. There is no such file before, nor after."""

from pydantic import ValidationError

from provisioning.disk import Disk, put_file, remove_file
from provisioning.machine import Machine
from provisioning.plan import STATE
from provisioning.wizard import Progress

PROGRESS = f"{STATE}/set-up.json"


def kept_progress(machine: Machine) -> Progress | None:
    """None where no set-up is under way. One that cannot be read begins anew: it holds nothing that cannot be asked
    again.
    """
    file = machine.at(PROGRESS)
    if not file.exists():
        return None
    try:
        return Progress.model_validate_json(machine.text(PROGRESS))
    except ValidationError:
        return Progress()


def keep_progress(machine: Machine, progress: Progress, disk: Disk) -> None:
    """Raises OSError."""
    put_file(disk, machine.at(PROGRESS), progress.model_dump_json().encode(), 0o644)


def end_progress(machine: Machine, disk: Disk) -> None:
    """The set-up is over. Raises OSError."""
    file = machine.at(PROGRESS)
    if file.exists():
        remove_file(disk, file)
