"""The encryption of an image's data partition (LUKS2), whose key its TPM gives out: whether it is, and its end."""

import json

from provisioning.finding import Check, Finding, Requirement
from provisioning.machine import BoxError, Machine

PARTITION, MAPPED = "/dev/disk/by-partlabel/anjungan-data", "/dev/mapper/anjungan-data"
PLACE = "/data"
TPM = "sys/firmware/acpi/tables/TPM2"
"""Is there where the firmware tells of a TPM 2.0 (TCG ACPI Specification)."""


def is_encrypted(machine: Machine) -> bool:
    """Whether what is mounted as the kiosk's data is encrypted."""
    return any(line.split()[:2] == [MAPPED, PLACE] for line in machine.text("proc/mounts").splitlines())


def destroy_keys(machine: Machine) -> None:
    """Overwrites every key slot: what the partition holds can be read by nobody from the next start on, whatever copies
    a flash disk kept of it. Raises BoxError unless none is left.
    """
    machine.run(("cryptsetup", "erase", "--batch-mode", PARTITION))
    ran = machine.run(("cryptsetup", "luksDump", "--dump-json-metadata", PARTITION))
    try:
        left = json.loads(ran.said)["keyslots"]
    except (ValueError, LookupError, TypeError):
        raise BoxError(f"{PARTITION}: its keys cannot be looked at: {ran.said.strip()}") from None
    if left:
        raise BoxError(f"{PARTITION}: {len(left)} of its keys are left; run this again, as root")


def data_is_locked_to_the_tpm(machine: Machine) -> Finding:
    it = Requirement("encrypted")
    places = [line.split()[1] for line in machine.text("proc/mounts").splitlines() if line.count(" ") > 1]
    if PLACE not in places:
        return it.unknown("no data partition of an image; see how this box's disk was set up")
    if not machine.at(TPM).exists():
        return it.unknown("the box has no TPM; the store is encrypted all the same")
    return it.judged(
        is_encrypted(machine), "LUKS2, its key in the TPM" if is_encrypted(machine) else "plain, and a TPM"
    )


CHECKS: tuple[Check, ...] = (data_is_locked_to_the_tpm,)
