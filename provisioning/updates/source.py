"""The kiosk's side of a repository: what it offers, verified by python-tuf, and its archives, fetched resumably."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import urllib3
from tuf.api import exceptions as tuf
from tuf.api.metadata import Metadata, TargetFile, Targets
from tuf.ngclient import FetcherInterface, Updater

from kiosk.durable_file import sync
from kiosk.errors import ConfigError
from provisioning.updates.errors import NotTrusted, Unreachable
from provisioning.updates.release import Release, order, release_of

WAIT_SECONDS = 30.0
PIECE = 256 * 1024


@dataclass(frozen=True)
class Offer:
    """A release and its archive, as the repository's metadata tell of them."""

    release: Release
    target: TargetFile


class Source:
    """A repository at `url` (https://…), whose server `ca` vouches for. `folder` remembers what was seen of it, so that
    nothing older is believed later; `trusted_root` is the publishers' first root, which everything follows from.
    """

    def __init__(self, url: str, ca: Path, folder: Path, trusted_root: Path) -> None:
        """Raises ConfigError, NotTrusted."""
        self._url, self._seen = url.rstrip("/"), folder
        self._lines = _OfficeLines(ca)
        try:
            root = trusted_root.read_bytes()
        except OSError as error:
            problem = f"{trusted_root} cannot be read: {error.strerror}; put the publishers' root.json there"
            raise ConfigError([problem]) from error
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._updater = Updater(str(folder), f"{self._url}/metadata", fetcher=self._lines, bootstrap=root)
        except tuf.RepositoryError as error:
            raise NotTrusted(f"{trusted_root} is not a root of a repository ({error}); get it anew") from error

    def offers(self) -> tuple[Offer, ...]:
        """All that the repository offers, the newest first. Raises NotTrusted, Unreachable."""
        try:
            self._updater.refresh()
            listed = Metadata[Targets].from_file(str(self._seen / "targets.json")).signed.targets
            found = [self._updater.get_targetinfo(name) for name in listed]
            offers = [Offer(release_of(each.custom), each) for each in found if each]
        except (tuf.RepositoryError, tuf.DownloadError, ValueError) as error:
            raise _in_words(error, self._url) from error
        for each in (*self._seen.rglob("*.json"), self._seen):
            sync(each)
        return tuple(sorted(offers, key=lambda each: order(each.release.version), reverse=True))

    def fetch(self, offer: Offer, file: Path) -> None:
        """Downloads an archive to `file`, which is there, whole and verified, or not at all. What a broken line left is
        gone on from. Raises NotTrusted, Unreachable, OSError.
        """
        part = file.with_name(file.name + ".part")
        if file.exists():
            file.replace(part)
        (prefixed,) = offer.target.get_prefixed_paths()
        try:
            self._lines.download(f"{self._url}/targets/{quote(prefixed)}", part, offer.target.length)
            with part.open("rb") as stream:
                offer.target.verify_length_and_hashes(stream)
        except tuf.DownloadError as error:
            raise _in_words(error, self._url) from error
        except tuf.LengthOrHashMismatchError as error:
            part.unlink()
            raise _in_words(error, self._url) from error
        sync(part)
        part.replace(file)
        sync(file.parent)

    def close(self) -> None:
        self._lines.close()


class _OfficeLines(FetcherInterface):
    """HTTPS with the office's one authority: no proxies, no redirects."""

    def __init__(self, ca: Path) -> None:
        try:
            context = ssl.create_default_context(cafile=ca)
        except OSError as error:
            raise ConfigError([f"{ca} is not a certificate in PEM that can be read"]) from error
        self._pool = urllib3.PoolManager(ssl_context=context, timeout=WAIT_SECONDS, retries=False)

    def close(self) -> None:
        self._pool.clear()

    def _fetch(self, url: str) -> Iterator[bytes]:
        answer = self._ask(url, {})
        if answer.status != 200:
            answer.close()
            raise tuf.DownloadHTTPError(f"the server answers {answer.status}", answer.status)
        pieces: Iterator[bytes] = answer.stream(PIECE)
        return pieces

    def download(self, url: str, part: Path, length: int) -> None:
        """Brings `part` to `length` bytes. A line that breaks is tried again for as long as something came through."""
        while (held := part.stat().st_size if part.exists() else 0) < length:
            try:
                self._go_on(url, part, held, length)
            except (urllib3.exceptions.HTTPError, OSError) as error:
                if not part.exists() or part.stat().st_size <= held:
                    raise tuf.DownloadError(f"the line broke ({type(error).__name__})") from error

    def _go_on(self, url: str, part: Path, held: int, length: int) -> None:
        answer = self._ask(url, {"Range": f"bytes={held}-"} if held else {})
        try:
            goes_on = answer.status == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {held}-")
            if answer.status not in (200, 206) or (answer.status == 206 and not goes_on):
                part.unlink(missing_ok=True)
                raise tuf.DownloadHTTPError(f"the server answers {answer.status}", answer.status)
            with part.open("ab" if goes_on else "wb") as stream:
                for piece in answer.stream(PIECE):
                    stream.write(piece)
                    if stream.tell() > length:
                        raise tuf.LengthOrHashMismatchError(f"more than {length} bytes came")
        finally:
            answer.close()

    def _ask(self, url: str, headers: dict[str, str]) -> Any:
        try:
            return self._pool.request(
                "GET", url, headers={"Accept-Encoding": "identity"} | headers, preload_content=False, redirect=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise tuf.DownloadError(f"no answer ({_cause(error)})") from error


def _cause(error: Exception) -> str:
    return str(error.args[-1]) if isinstance(error, urllib3.exceptions.SSLError) else type(error).__name__


def _in_words(error: Exception, url: str) -> NotTrusted | Unreachable:
    """What went wrong with a repository, and what to do."""
    if isinstance(error, tuf.ExpiredMetadataError):
        return NotTrusted(
            f"what {url} offers has expired ({error}): its publisher has to run kiosk-provision repository renew;"
            " look at this machine's clock too"
        )
    if isinstance(error, tuf.BadVersionNumberError):
        return NotTrusted(
            f"{url} offers something older than this kiosk has seen there ({error}): a stale copy, or somebody in"
            " between; ask its publisher"
        )
    if isinstance(error, tuf.UnsignedMetadataError):
        return NotTrusted(
            f"what {url} offers is not signed by enough of its publishers ({error}): do not go on; ask them"
        )
    if isinstance(error, tuf.LengthOrHashMismatchError | tuf.DownloadLengthMismatchError):
        return NotTrusted(
            f"what {url} offers does not belong together ({error}): its publisher has to copy it there anew, and whole"
        )
    if isinstance(error, tuf.DownloadError):
        return Unreachable(f"{url}: {error}; check the address and the network, and try again")
    return NotTrusted(f"what {url} offers cannot be read ({error}); ask its publisher")
