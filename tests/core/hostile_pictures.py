"""Files that pretend to be photos, and photos that carry more than pixels; and good ones of every kind as a control."""

import io
import struct
import zipfile
import zlib

from PIL import Image, PngImagePlugin

from core.documents import pictures
from core.documents.kinds import EMPTY, LONG_NAME, TWO_FACED
from tests.core.hostile_documents import docm

SCRIPT = b"<script>document.title='RUN';fetch('/RUN')</script>"
HTML = b"<!doctype html><html><body>" + SCRIPT + b"</body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=\'RUN\'">' + SCRIPT + b"</svg>"
GPS = 0x8825


def picture(mode="RGB", size=(40, 30), color=None):
    return Image.new(mode, size, (200, 30, 40)[: 1 if mode == "L" else 3] if color is None else color)


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def jpeg(**options):
    return saved(picture(), "JPEG", **options)


def png(mode="RGB", color=None, **options):
    return saved(picture(mode, color=color), "PNG", **options)


def webp(**options):
    return saved(picture(), "WEBP", **options)


def telling():
    """EXIF that tells who, with what, where; how to turn; and runs a script if somebody lets it."""
    exif = Image.Exif()
    exif[0x010E] = SCRIPT.decode()  # a description
    exif[0x010F], exif[0x0112] = "CAMERA-OF-LI", 6
    exif.get_ifd(GPS).update({1: "N", 2: (34.0, 46.0, 12.0), 3: "E", 4: (113.0, 40.0, 5.0)})
    return exif


def archive():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("META-INF/MANIFEST.MF", "Main-Class: Run")
        made.writestr("RUN.class", b"\xca\xfe\xba\xbe" * 20)
    return file.getvalue()


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_of(width, height, content=b""):
    """A PNG whose head tells any size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(content)) + chunk(b"IEND", b"")


def bomb():
    """Under the limit of pixels it would be; it swells from a few KB to 150 MB, and tells 50 million pixels."""
    return png_of(10_000, 5_000, bytes(1_000_000))


def texts(**written):
    notes = PngImagePlugin.PngInfo()
    for name, text in written.items():
        notes.add_text(name, text)
    return notes


def many_scans():
    content = saved(picture(size=(64, 64)), "JPEG", progressive=True)
    scan = content[content.rindex(b"\xff\xda") : -2]
    return content[:-2] + scan * 200 + content[-2:]


def animated():
    frames = [picture(color=(200, 0, 0)), picture(color=(0, 0, 200))]
    return saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=50)


def large_webp():
    """The head alone tells of 16,383 × 16,383 pixels."""
    canvas = (16_382).to_bytes(3, "little") * 2
    body = b"VP8X" + struct.pack("<I", 10) + bytes(4) + canvas
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


PDF_SCRIPT = b"%PDF-1.7\n1 0 obj\n<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>\nendobj\n%%EOF\n"
NAMED, NO_PICTURE = pictures.TAKEN, pictures.NO_PICTURE

# the name it is sent with, its content or what makes it, and a part of the sentence that refuses it as a photo
REFUSED = {
    "svg with a script": ("旗帜.svg", SVG, NAMED),
    "svg as png": ("旗帜.png", SVG, NO_PICTURE),
    "html as jpg": ("合影.jpg", HTML, NO_PICTURE),
    "html": ("合影.html", HTML, NAMED),
    "xml as webp": ("合影.webp", b"<?xml version='1.0'?><a>" + SCRIPT + b"</a>", NO_PICTURE),
    "swf as jpg": ("合影.jpg", b"FWS\x06" + bytes(60), NO_PICTURE),
    "exe as jpg": ("合影.jpg", b"MZ\x90\x00" + bytes(200), NO_PICTURE),
    "pdf with a script as jpg": ("合影.jpg", PDF_SCRIPT, NO_PICTURE),
    "docm as png": ("合影.png", docm, NO_PICTURE),
    "formulas as jpg": ("合影.jpg", b"=cmd|'/c calc'!A1,1\n", NO_PICTURE),
    "gif": ("合影.gif", lambda: saved(picture("L"), "GIF"), NAMED),
    "gif as jpg": ("合影.jpg", lambda: saved(picture("L"), "GIF") + archive(), NO_PICTURE),
    "ico as png": ("合影.png", lambda: saved(picture(size=(32, 32)), "ICO"), NO_PICTURE),
    "bmp as jpg": ("合影.jpg", lambda: saved(picture(), "BMP"), NO_PICTURE),
    "tiff as jpg": ("合影.jpg", lambda: saved(picture(), "TIFF"), NO_PICTURE),
    "heic": ("IMG_0001.HEIC", b"\x00\x00\x00\x18ftypheic" + bytes(40), "HEIC"),
    "heic as jpg": ("IMG_0001.jpg", b"\x00\x00\x00\x18ftypmif1" + bytes(40), "HEIC"),
    "bomb": ("合影.png", bomb, pictures.TOO_MANY_PIXELS),
    "50,000 × 50,000": ("合影.png", lambda: png_of(50_000, 50_000), pictures.TOO_MANY_PIXELS),
    "huge webp": ("合影.webp", large_webp, pictures.LARGE_WEBP),
    "cut": ("合影.jpg", lambda: saved(picture(size=(400, 400)), "JPEG")[:-400], pictures.BROKEN),
    "cut png": ("合影.png", lambda: png(color=(1, 2, 3))[:-30], pictures.BROKEN),
    "two hundred scans": ("合影.jpg", many_scans, pictures.BROKEN),
    "nothing": ("合影.jpg", b"", EMPTY),
    "too large": ("合影.jpg", lambda: jpeg() + bytes(pictures.LARGEST_PICTURE), pictures.TOO_LARGE),
    "two suffixes": ("合影.php.jpg", jpeg, TWO_FACED),
    "no name": (".jpg", jpeg, NAMED),
    "300 letters": ("照" * 300 + ".jpg", jpeg, LONG_NAME),
}
# what is kept, but only as new pixels under a clean name: the name, the content, the name it is kept under
REDRAWN = {
    "jpeg and archive": ("合影.jpg", lambda: jpeg() + archive(), "合影.jpg"),
    "jpeg with php in a comment": ("合影.jpg", lambda: jpeg(comment=b"<?php system($_GET['RUN']) ?>"), "合影.jpg"),
    "exif with a script and a place": ("合影.jpeg", lambda: jpeg(exif=telling()), "合影.jpg"),
    "png with a script": ("合影.png", lambda: png(pnginfo=texts(Comment=SCRIPT.decode())), "合影.jpg"),
    "png and html": ("合影.png", lambda: png() + HTML, "合影.jpg"),
    "webp that moves": ("合影.webp", animated, "合影.jpg"),
    "webp with a place": ("合影.webp", lambda: webp(exif=telling()), "合影.jpg"),
    "profile": ("合影.jpg", lambda: jpeg(icc_profile=b"RUN" * 50), "合影.jpg"),
    "path": ("../../etc/合影.jpg", jpeg, "合影.jpg"),
    "path of windows": ("C:\\Windows\\合影.jpg", jpeg, "合影.jpg"),
    "turned letters": ("合影\u202egpj.exe.jpg"[:5] + ".jpg", jpeg, "合影gp.jpg"),
    "letters that break a header": ('合"影\r\nX: y.jpg', jpeg, "合_影X_ y.jpg"),
}


def content_of(made):
    return made() if callable(made) else made
