"""The publisher's side: a TUF repository of releases in a folder, which any static HTTP server can serve.

    metadata/  root and targets (threshold signatures by the publishers' keys), snapshot and timestamp (short-lived, by
               the one key that lies on the publishing machine)
    targets/   the releases' archives, by their digests
    staged/    root or targets that do not have enough signatures yet; no kiosk reads it

All of it is python-tuf's (The Update Framework 1.0.31); nothing here signs or verifies by itself.
"""

import json
import os
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner, Key, SSlibKey
from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Metadata, MetaFile, Role, Root, Snapshot, TargetFile, Targets, Timestamp

from kiosk.durable_file import sync, write_private
from provisioning.updates.errors import RepositoryError
from provisioning.updates.release import Release

THRESHOLD = 2
"""So many of the publishers' keys must sign root and targets: one that is stolen or lost harms nobody."""
LASTS = {
    Root.type: timedelta(days=365),
    Targets.type: timedelta(days=365),
    Snapshot.type: timedelta(days=14),
    Timestamp.type: timedelta(days=7),
}
"""How long each role's metadata is believed after it was made."""
PUBLISHERS = (Root.type, Targets.type)
ONLINE = (Snapshot.type, Timestamp.type)
PUBLIC = ".pub"

S = TypeVar("S", Root, Timestamp, Snapshot, Targets)


def new_key(file: Path) -> Key:
    """Makes an Ed25519 key in `file` (PKCS#8, readable by its owner alone), its public part in `file`.pub. Raises
    RepositoryError where there is one already.
    """
    if file.exists():
        raise RepositoryError(f"{file} is there already; a key is never overwritten")
    signer = CryptoSigner(Ed25519PrivateKey.generate())
    write_private(file, signer.private_bytes)
    public = {"keyid": signer.public_key.keyid, **signer.public_key.to_dict()}
    file.with_name(file.name + PUBLIC).write_text(json.dumps(public, indent=1) + "\n", "utf-8")
    return signer.public_key


def read_key(file: Path) -> CryptoSigner:
    """A key made by `new_key`. Raises RepositoryError."""
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise RepositoryError(f"{file} is not a key made by kiosk-provision repository new-key ({error})") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise RepositoryError(f"{file} is not an Ed25519 key")
    return CryptoSigner(key)


def read_public(file: Path) -> Key:
    """The public part of a key. Raises RepositoryError."""
    try:
        told = json.loads(file.read_text("utf-8"))
        return SSlibKey.from_dict(told.pop("keyid"), told)
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise RepositoryError(f"{file} is not the public part of a key ({error}); it is the file {PUBLIC}") from error


class Repository:
    """The repository in a folder; `now` gives UTC. Every method raises RepositoryError."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._metadata, self._staged, self._archives = (folder / each for each in ("metadata", "staged", "targets"))
        self.folder, self._now = folder, now

    def stage_root(self, publishers: Sequence[Key], online: Key) -> None:
        """Stages the first root, or the next one: with other keys, or with the same ones before the year is over. The
        next one is to be signed by enough of the former keys and of its own.
        """
        if len({each.keyid for each in publishers}) <= THRESHOLD:
            raise RepositoryError(f"name more than {THRESHOLD} different keys, or the first lost one ends all updates")
        former = self._published(Root)
        root = Root(version=former.signed.version + 1 if former else 1, consistent_snapshot=True)
        root.roles = {role: Role([], THRESHOLD if role in PUBLISHERS else 1) for role in (*PUBLISHERS, *ONLINE)}
        for role in PUBLISHERS:
            for key in publishers:
                root.add_key(key, role)
        for role in ONLINE:
            root.add_key(online, role)
        self._archives.mkdir(parents=True, exist_ok=True)
        self._stage(Metadata(self._lasting(root)))
        # What is offered is signed anew with it: by the keys that count from then on.
        self._stage_next(self._staged_or_published(Targets) if former else Metadata(Targets()))

    def stage_release(self, archive: Path, release: Release) -> None:
        """Puts an archive into the repository, and stages targets that name it."""
        targets = self._staged_or_published(Targets)
        if release.file in targets.signed.targets:
            raise RepositoryError(f"{release.file} is offered already; a released version is never changed")
        try:
            target = TargetFile.from_file(release.file, str(archive), ["sha256"])
        except (OSError, ValueError) as error:
            raise RepositoryError(f"{archive} cannot be read ({error})") from error
        target.unrecognized_fields["custom"] = release.told()
        targets.signed.targets[release.file] = target
        (prefixed,) = target.get_prefixed_paths()
        shutil.copyfile(archive, self._archives / prefixed)
        sync(self._archives / prefixed)
        self._stage_next(targets)

    def withdraw_release(self, file: str) -> None:
        """Stages targets that do not name a release any more."""
        targets = self._staged_or_published(Targets)
        if targets.signed.targets.pop(file, None) is None:
            raise RepositoryError(f"{file} is not offered")
        self._stage_next(targets)

    def sign(self, signer: CryptoSigner) -> list[str]:
        """Adds a publisher's signature to all that is staged; returns for which roles."""
        signed = []
        for kind in (Root, Targets):
            file = self._staged / f"{kind.type}.json"
            known = any(signer.public_key.keyid in each.signed.roles[kind.type].keyids for each in self._roots())
            if known and file.exists():
                staged: Metadata[Any] = Metadata.from_file(str(file))
                staged.sign(signer, append=True)
                self._write(file, staged)
                signed.append(kind.type)
        if not signed:
            raise RepositoryError("nothing is staged that this key may sign")
        return signed

    def publish(self, online: CryptoSigner) -> None:
        """Publishes what is staged, with a new snapshot and timestamp. Raises RepositoryError where signatures are
        missing.
        """
        staged_root = self._read(Root, self._staged / "root.json")
        former = self._published(Root)
        root = staged_root or former
        if root is None:
            raise RepositoryError("there is no repository here; begin with kiosk-provision repository new")
        _check_online(root.signed, online)
        if staged_root:
            for each in (former or staged_root, staged_root):
                _check_signatures(each.signed, staged_root)
        targets = self._staged_or_published(Targets)
        _check_signatures(root.signed, targets)
        if staged_root:
            self._write(self._metadata / f"{root.signed.version}.root.json", root)
        self._write(self._metadata / f"{targets.signed.version}.targets.json", targets)
        self._renew(targets, online)
        for kind in (Root, Targets):
            (self._staged / f"{kind.type}.json").unlink(missing_ok=True)

    def renew(self, online: CryptoSigner) -> None:
        """Publishes a new snapshot and timestamp of what is published, whatever is staged; to be repeated before they
        expire. Raises RepositoryError.
        """
        root, targets = self._published(Root), self._published(Targets)
        if root is None or targets is None:
            raise RepositoryError("nothing is published here yet; begin with kiosk-provision repository publish")
        _check_online(root.signed, online)
        self._renew(targets, online)

    def _renew(self, targets: Metadata[Targets], online: CryptoSigner) -> None:
        held = self._published(Timestamp)
        version = held.signed.version + 1 if held else 1
        snapshot = Metadata(self._lasting(Snapshot(version, meta={"targets.json": _digest_of(targets)})))
        snapshot.sign(online)
        self._write(self._metadata / f"{version}.snapshot.json", snapshot)
        timestamp = Metadata(self._lasting(Timestamp(version, snapshot_meta=_digest_of(snapshot))))
        timestamp.sign(online)
        # Last: kiosks begin with it, so until it is there they see the former state whole.
        self._write(self._metadata / "timestamp.json", timestamp)

    def _stage_next(self, targets: Metadata[Targets]) -> None:
        published = self._published(Targets)
        targets.signed.version = published.signed.version + 1 if published else 1
        targets.signatures.clear()
        self._lasting(targets.signed)
        self._stage(targets)

    def _stage(self, metadata: Metadata[Any]) -> None:
        self._write(self._staged / f"{metadata.signed.type}.json", metadata)

    def _roots(self) -> list[Metadata[Root]]:
        found = (self._published(Root), self._read(Root, self._staged / "root.json"))
        return [each for each in found if each]

    def _staged_or_published(self, kind: type[S]) -> Metadata[S]:
        found = self._read(kind, self._staged / f"{kind.type}.json") or self._published(kind)
        if found is None:
            raise RepositoryError("there is no repository here; begin with kiosk-provision repository new")
        return found

    def _published(self, kind: type[S]) -> Metadata[S] | None:
        if kind is Timestamp:
            return self._read(kind, self._metadata / "timestamp.json")
        numbers = [int(each.name.split(".")[0]) for each in self._metadata.glob(f"*.{kind.type}.json")]
        return self._read(kind, self._metadata / f"{max(numbers)}.{kind.type}.json") if numbers else None

    def _read(self, kind: type[S], file: Path) -> Metadata[S] | None:
        return Metadata[S].from_file(str(file)) if file.exists() else None

    def _write(self, file: Path, metadata: Metadata[Any]) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_name(file.name + ".new")
        temporary.write_bytes(metadata.to_bytes())
        sync(temporary)
        os.replace(temporary, file)
        sync(file.parent)

    def _lasting(self, signed: S) -> S:
        signed.expires = (self._now() + LASTS[signed.type]).replace(microsecond=0)
        return signed


def _digest_of(metadata: Metadata[Any]) -> MetaFile:
    """What is written of the metadata, so that files of two states are never taken for one."""
    return MetaFile.from_data(metadata.signed.version, metadata.to_bytes(), ["sha256"])


def _check_online(root: Root, online: CryptoSigner) -> None:
    if online.public_key.keyid not in root.roles[Timestamp.type].keyids:
        raise RepositoryError("this is not the key that root names for snapshot and timestamp")


def _check_signatures(root: Root, metadata: Metadata[Any]) -> None:
    try:
        root.verify_delegate(metadata.signed.type, metadata.signed_bytes, metadata.signatures)
    except UnsignedMetadataError as error:
        role = metadata.signed.type
        raise RepositoryError(f"{role} has too few signatures ({error}); have it signed by {THRESHOLD} keys") from error
