"""Somebody of the staff at the central server's pages, in a browser."""

import re
from pathlib import Path

import requests

NAME = "petugas"
_KIOSK = re.compile(r'href="/officers/fleet/([0-9a-f-]+)"')
_CODE = re.compile(r'<b class="figure">(\d{4}) (\d{4})</b>')


class Officer:
    """Signs in anew for each page. `url` is the server's, which `ca` vouches for."""

    def __init__(self, url: str, ca: Path, password: str) -> None:
        self._url, self._ca, self._password = url, ca, password

    def rolls_out(self, version: str, percent: int = 100) -> None:
        self._page("/officers/fleet/rollout", {"version": version, "percent": str(percent)})

    def pauses(self, paused: bool) -> None:
        self._page("/officers/fleet/rollout/pause", {"paused": "true" if paused else "false"})

    def kiosks(self) -> list[str]:
        """The ids of the office's kiosks."""
        return sorted(set(_KIOSK.findall(self._page("/officers/fleet/kiosks"))))

    def sets_pin(self, pin: str) -> None:
        """The one that technicians type at the office's kiosks."""
        self._page("/officers/fleet/pin", {"pin": pin})

    def code_for(self, kiosk: str, challenge: str) -> str:
        """The code that lets a technician in at a kiosk which shows that number."""
        found = _CODE.search(self._page(f"/officers/fleet/{kiosk}/code", {"challenge": challenge}))
        return "".join(found.groups()) if found else ""

    def reads_of(self, kiosk: str) -> str:
        """The words of a kiosk's own page."""
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", self._page(f"/officers/fleet/{kiosk}")))

    def _page(self, path: str, form: dict[str, str] | None = None) -> str:
        with requests.Session() as browser:
            browser.trust_env, browser.verify = False, str(self._ca)
            signing_in = {"name": NAME, "password": self._password}
            browser.post(f"{self._url}/officers/login", signing_in).raise_for_status()
            answer = browser.post(self._url + path, form) if form else browser.get(self._url + path)
            answer.raise_for_status()
            return answer.text
