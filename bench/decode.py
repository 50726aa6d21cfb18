"""How many codes the kiosk's reader reads and in what time, against pyzbar alone on the same pictures in the same run.

Run: python bench/decode.py [--each N]. Prints a table and a line of JSON; the ratios count, not the times of one
machine.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable

from decode_pictures import CHANGES, hard_picture
from PIL import Image
from pyzbar.pyzbar import ZBarSymbol
from pyzbar.pyzbar import decode as zbar

from kiosk.devices.decoding import decode

Reader = Callable[[Image.Image], str | None]
Sample = tuple[str, Image.Image]


def pyzbar_alone(image: Image.Image) -> str | None:
    return next((symbol.data.decode() for symbol in zbar(image, symbols=[ZBarSymbol.QRCODE])), None)


def measure(read: Reader, samples: list[Sample]) -> tuple[int, list[float]]:
    """How many samples were read right, and the s that each took."""
    right, times = 0, []
    for text, image in samples:
        before = time.perf_counter()
        right += read(image) == text
        times.append(time.perf_counter() - before)
    return right, times


def compare(each: int) -> dict[str, dict[str, float]]:
    """Of each way of making a picture hard: share read (0 to 1) and median ms, of both readers."""
    rows = {}
    for change in CHANGES:
        texts = [f"ANJ1:{change.upper()} {seed:03} 6BFOXN*TS0BI$ZD.P9UOL97O4-2HH77HRM3DSPTRI" for seed in range(each)]
        samples = [(text, hard_picture(text, change, seed)) for seed, text in enumerate(texts)]
        ours, our_times = measure(decode, samples)
        theirs, their_times = measure(pyzbar_alone, samples)
        rows[change] = {
            "rate": ours / each,
            "pyzbar_rate": theirs / each,
            "ms": 1000 * statistics.median(our_times),
            "pyzbar_ms": 1000 * statistics.median(their_times),
        }
    return rows


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--each", type=int, default=20, help="pictures of each kind (default: 20)")
    rows = compare(arguments.parse_args().each)
    rows["all"] = {name: statistics.mean(row[name] for row in rows.values()) for name in next(iter(rows.values()))}
    print(f"{'picture':<10} {'read':>6} {'pyzbar':>7} {'ms':>7} {'pyzbar':>7}")
    for change, row in rows.items():
        print(f"{change:<10} {row['rate']:>6.0%} {row['pyzbar_rate']:>7.0%} {row['ms']:>7.1f} {row['pyzbar_ms']:>7.1f}")
    total = rows["all"]
    ratios = {"rate_ratio": total["rate"] / total["pyzbar_rate"], "time_ratio": total["ms"] / total["pyzbar_ms"]}
    print(json.dumps({"decode": rows, **ratios}))


if __name__ == "__main__":
    main()
