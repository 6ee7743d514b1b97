"""Photos: looked at by their content, drawn anew, kept as a JPEG with a thumbnail, shown within the page.

Nothing of the file that was sent is kept but its pixels: what hangs before, behind or between them (a script, an
archive, a place and a time, the name of a camera, a colour profile) is not in the new one. A photo that says how it is
to be turned is turned. What is transparent becomes white.
"""

import hashlib
import io
import struct
import zlib
from dataclasses import dataclass

from django.http import FileResponse
from django.utils.cache import patch_vary_headers
from PIL import Image

from core.documents.fields import SeveralField
from core.documents.kinds import EMPTY, LONG_NAME, LONGEST_NAME, MB, RISKY, TWO_FACED, clean_name
from core.documents.refusing import Refused
from core.documents.store import StoredFile, opened, put_away

LARGEST_PICTURE = 10 * MB
MOST_PIXELS = 40_000_000
MOST_PIXELS_WEBP = 16_000_000  # its decoder takes sixteen bytes a pixel, and no camera writes it
LONGEST_SIDE, THUMBNAIL_SIDE = 2560, 320
QUALITY = 85
MOST_SCANS = 100  # of a progressive JPEG: each costs as much time as the whole picture, cameras write about ten
STRIP = 256  # rows of the small picture that are made at a time, so that a large one lies in memory but once
SECONDS_KEPT = 3600

TAKEN = "照片请用 JPG、PNG 或 WebP 格式。"
NO_PICTURE = f"这不是能打开的照片。{TAKEN}"
HEIC = (
    "这是苹果手机的 HEIC 格式，别人多半打不开。请在手机“设置 → 相机 → 格式”里选“兼容性最佳”再拍，"
    "或者把照片发到微信再存下来（会变成 JPG），然后上传。"
)
TOO_LARGE = "照片超过 10 MB。请用手机的“编辑”或截图缩小后再上传。"
TOO_MANY_PIXELS = "照片超过 4000 万像素。请缩小后再上传。"
LARGE_WEBP = "WebP 照片超过 1600 万像素。请另存为 JPG 再上传。"
BROKEN = "照片没有传完，或者已经损坏。请重新选择，或者打开后截图再传。"

# Beyond this Pillow itself refuses, before it decodes anything.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
_FORMATS = ["JPEG", "PNG", "WEBP"]  # a phone's JPEG of several pictures is opened by the first
_SUFFIXES = ("jpg", "jpeg", "jfif", "png", "webp")
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_TOO_LARGE_ERRORS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_BROKEN_ERRORS = (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, EOFError, struct.error, zlib.error)
_ORIENTATION = 0x0112  # the tag of EXIF
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """A photo drawn anew: its name, and the bytes of the JPEG and of its thumbnail."""

    name: str
    large: bytes
    small: bytes


def keep_picture(upload, *, by) -> tuple[StoredFile, StoredFile]:
    """Keep a photo, in the caller's transaction: ``(photo, thumbnail)``. Raises Refused, and then nothing is kept.

    What came through a ``PicturesField`` is drawn already.
    """
    picture = getattr(upload, "picture", None) or drawn(upload, upload.name)
    return _put_away(picture.name, picture.large, by), _put_away(picture.name, picture.small, by)


def _put_away(name, content, by):
    return put_away(
        io.BytesIO(content), name=name, kind="jpg", size=len(content),
        digest=hashlib.sha256(content).hexdigest(), by=by,
    )  # fmt: skip


def shown(file: StoredFile) -> FileResponse:
    """A kept photo within the page. Who may see it was asked before.

    A browser keeps it for an hour, for this log-in alone: under its address there is never another photo, and a page
    of thirty thumbnails is often opened again.
    """
    answer = FileResponse(opened(file), filename=file.name, content_type="image/jpeg")
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = f"private, max-age={SECONDS_KEPT}"
    patch_vary_headers(answer, ["Cookie"])
    return answer


def drawn(file, name: str) -> Picture:
    """Draw a photo anew that was sent under a name; raises Refused. ``file`` is open, binary, and left rewound."""
    stem = _stem_of(name)
    file.seek(0)
    content = file.read(LARGEST_PICTURE + 1)
    file.seek(0)
    if not content:
        raise Refused(EMPTY)
    if len(content) > LARGEST_PICTURE:
        raise Refused(TOO_LARGE)
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        raise Refused(HEIC)
    large = _turned(*_read(content))
    small = large.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return Picture(f"{stem}.jpg", _as_jpeg(large), _as_jpeg(small))


def _stem_of(name) -> str:
    """The cleaned name without its suffix, if it is that of a photo."""
    name = clean_name(name)
    stem, _, suffix = name.rpartition(".")
    if suffix.lower() in ("heic", "heif"):
        raise Refused(HEIC)
    if not stem or suffix.lower() not in _SUFFIXES:
        raise Refused(f"不能作为照片上传。{TAKEN}")
    if len(name) > LONGEST_NAME:
        raise Refused(LONG_NAME)
    if RISKY & {part.strip().lower() for part in stem.split(".")[1:]}:
        raise Refused(TWO_FACED)
    return stem


def _read(content):
    """``(picture, how it is to be turned)``: the pixels alone, at most twice as long as what is kept of them."""
    width, height = _webp_canvas(content)
    if width * height > MOST_PIXELS_WEBP:
        raise Refused(LARGE_WEBP)
    if content.startswith(b"\xff\xd8") and content.count(b"\xff\xda") > MOST_SCANS:
        raise Refused(BROKEN)
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Refused(TOO_MANY_PIXELS)
            turn = _turn_of(image)
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded at a half, a quarter or an eighth
            return _flattened(image), turn
    except _TOO_LARGE_ERRORS as error:
        raise Refused(TOO_MANY_PIXELS) from error
    except Image.UnidentifiedImageError as error:
        raise Refused(NO_PICTURE) from error
    except _BROKEN_ERRORS as error:
        raise Refused(BROKEN) from error


def _webp_canvas(content) -> tuple[int, int]:
    """The size that a WebP's head tells; (0, 0) for anything else. Its decoder takes the memory before it says so."""
    head = content[:30]
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP" or len(head) < 30:
        return 0, 0
    kind = head[12:16]
    if kind == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF


def _turn_of(image):
    """How a picture says it is to be turned; None where it says nothing, or nonsense."""
    try:
        return _TURNS.get(image.getexif().get(_ORIENTATION))
    except (*_BROKEN_ERRORS, TypeError):
        return None


def _flattened(image):
    """The first frame in RGB on white, made smaller by a whole factor where it is far too large; strip by strip."""
    image.load()
    factor = max(1, max(image.size) // LONGEST_SIDE)
    size = (-(-image.width // factor), -(-image.height // factor))
    flat = Image.new("RGB", size)
    for top in range(0, size[1], STRIP):
        bottom = min((top + STRIP) * factor, image.height)
        strip = _on_white(image.crop((0, top * factor, image.width, bottom)))
        flat.paste(strip.reduce(factor) if factor > 1 else strip, (0, top))
    return flat


def _on_white(strip):
    if strip.mode.startswith(("I", "F")):  # 16 bits a pixel
        strip = strip.convert("I").point(lambda value: value / 256).convert("L")
    if strip.mode not in ("RGBA", "LA", "PA") and "transparency" not in strip.info:
        return strip.convert("RGB")
    strip = strip.convert("RGBA")
    ground = Image.new("RGB", strip.size, "white")
    ground.paste(strip, mask=strip.getchannel("A"))
    return ground


def _turned(image, turn):
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return image.transpose(turn) if turn is not None else image


def _as_jpeg(image) -> bytes:
    file = io.BytesIO()
    image.info.clear()  # a comment or a profile would be written with it
    image.save(file, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return file.getvalue()


class PicturesField(SeveralField):
    """Several photos at once, each drawn anew; what is wrong with one is said with its name. Gives a list.

    A phone offers its camera too.
    """

    def __init__(self, *, most: int, label: str, help_text: str = ""):
        super().__init__(most=most, label=label, help_text=help_text, accept="image/*", things="张照片")

    def look(self, upload):
        upload.picture = drawn(upload, upload.name)


__all__ = ["HEIC", "LARGEST_PICTURE", "Picture", "PicturesField", "drawn", "keep_picture", "shown"]
