"""QR codes as cameras of kiosks see them: on a phone held askew, blurred, faint, cracked, inverted, in bad light.

Every picture follows from its seed alone.
"""

import math
import random
from collections.abc import Callable, Sequence

import qrcode
from PIL import Image, ImageChops, ImageDraw, ImageFilter

SIZE = (640, 480)
"""Pixels of a picture, as of a plain camera."""

Change = Callable[[Image.Image, random.Random], Image.Image]


def held_before_a_camera(text: str, side: int = 260) -> Image.Image:
    """A code, `side` pixels wide with its quiet zone, on a white screen before a grey room."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=4, box_size=8)
    code.add_data(text)
    symbol = code.make_image().get_image().convert("L").resize((side, side), Image.Resampling.LANCZOS)
    room = Image.new("L", SIZE, 120)
    phone = Image.new("L", (side + 40, side + 120), 250)
    phone.paste(symbol, (20, 60))
    room.paste(phone, ((SIZE[0] - phone.width) // 2, (SIZE[1] - phone.height) // 2))
    return room


def plain(picture: Image.Image, chance: random.Random) -> Image.Image:
    return picture


def rotated(picture: Image.Image, chance: random.Random) -> Image.Image:
    return picture.rotate(chance.uniform(5, 355), Image.Resampling.BICUBIC, fillcolor=120)


def small(picture: Image.Image, chance: random.Random) -> Image.Image:
    scale = chance.uniform(0.24, 0.42)
    little = picture.resize((round(SIZE[0] * scale), round(SIZE[1] * scale)), Image.Resampling.BILINEAR)
    room = Image.new("L", SIZE, 120)
    room.paste(little, (chance.randrange(SIZE[0] - little.width), chance.randrange(SIZE[1] - little.height)))
    return room


def blurred(picture: Image.Image, chance: random.Random) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(chance.uniform(2.0, 4.6)))


def faint(picture: Image.Image, chance: random.Random) -> Image.Image:
    """Low contrast, as of a dimmed screen, with the camera's noise."""
    depth = chance.uniform(0.05, 0.16)
    return noisy(picture.point(lambda level: round(110 + (level - 128) * depth)), chance, 2.5)


def cracked(picture: Image.Image, chance: random.Random) -> Image.Image:
    """Lines that run across the screen from one point, as of a broken glass."""
    broken = picture.copy()
    pen = ImageDraw.Draw(broken)
    centre = (chance.uniform(220, 420), chance.uniform(160, 320))
    for _ in range(chance.randint(4, 9)):
        angle = chance.uniform(0, 2 * math.pi)
        end = (centre[0] + 500 * math.cos(angle), centre[1] + 500 * math.sin(angle))
        pen.line([centre, end], fill=chance.choice((20, 235)), width=chance.randint(1, 4))
    return broken


def inverted(picture: Image.Image, chance: random.Random) -> Image.Image:
    """Light on dark, as some phones show it in their dark mode."""
    return ImageChops.invert(picture)


def slanted(picture: Image.Image, chance: random.Random) -> Image.Image:
    """Seen from a side: one edge of the picture shrinks."""
    width, height = SIZE
    near, low = chance.uniform(40, 150), chance.uniform(-40, 40)
    corners = [(0, -near), (0, height + near), (width, height + low), (width, low)]
    return picture.transform(
        SIZE, Image.Transform.PERSPECTIVE, _coefficients(corners), Image.Resampling.BICUBIC, fillcolor=120
    )


def glaring(picture: Image.Image, chance: random.Random) -> Image.Image:
    """A lamp mirrored in the glass, over part of the code."""
    light = Image.new("L", SIZE, 0)
    x, y, radius = chance.uniform(230, 410), chance.uniform(150, 330), chance.uniform(15, 34)
    ImageDraw.Draw(light).ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return ImageChops.lighter(picture, light.filter(ImageFilter.GaussianBlur(8)))


def shaded(picture: Image.Image, chance: random.Random) -> Image.Image:
    """Light that falls off to one side, with noise."""
    slope = Image.linear_gradient("L").rotate(chance.choice((0, 90, 180, 270))).resize(SIZE)
    dark = ImageChops.multiply(picture, slope.point(lambda level: round(30 + level * 0.88)))
    return noisy(dark, chance, chance.uniform(3, 12))


def noisy(picture: Image.Image, chance: random.Random, spread: float) -> Image.Image:
    noise = Image.frombytes("L", SIZE, chance.randbytes(SIZE[0] * SIZE[1]))
    # Uniform noise has a standard deviation of 74 levels.
    return ImageChops.add(picture, noise.point(lambda level: round(128 + (level - 128) * spread / 74)), offset=-128)


CHANGES: dict[str, Change] = {
    change.__name__: change
    for change in (plain, rotated, small, blurred, faint, cracked, inverted, slanted, glaring, shaded)
}


def hard_picture(text: str, change: str, seed: int) -> Image.Image:
    """A picture (mode L) of the code of `text`, changed in a way of CHANGES by the seed's chance."""
    return CHANGES[change](held_before_a_camera(text), random.Random(f"{change}/{seed}"))


def _coefficients(corners: Sequence[tuple[float, float]]) -> list[float]:
    """Of Pillow's PERSPECTIVE: where in the source each corner of the result (from top left, anticlockwise) lies."""
    width, height = SIZE
    targets = [(0, 0), (0, height), (width, height), (width, 0)]
    rows: list[list[float]] = []
    for (x, y), (source_x, source_y) in zip(targets, corners, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -source_x * x, -source_x * y, source_x])
        rows.append([0, 0, 0, x, y, 1, -source_y * x, -source_y * y, source_y])
    return _solve(rows)


def _solve(rows: list[list[float]]) -> list[float]:
    """Gauss and Jordan, with the largest pivot."""
    count = len(rows)
    for column in range(count):
        pivot = max(range(column, count), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for row in range(count):
            if row != column:
                rows[row] = [a - rows[row][column] * b for a, b in zip(rows[row], rows[column], strict=True)]
    return [row[-1] for row in rows]
