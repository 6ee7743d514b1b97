"""Looking into documents of Office and WPS: what they really are, and whether they carry macros or traps.

New ones (docx, xlsx, pptx) are archives. Their index is checked before anything is unpacked, then every part is read
through piece by piece, never further than the index says. Old ones (doc, xls, ppt, and WPS's own) are compound files
[MS-CFB], whose streams are known by their names.
"""

import re
import struct
import zipfile
import zlib

from core import sheets
from core.documents.refusing import Refused

MOST_UNPACKED = 2 * sheets.LARGEST_BYTES  # 100 MB: a long slide show with pictures
OTHERWISE = "文件内容和扩展名不符。请用原来的软件打开，另存为正确的格式再上传。"
BROKEN = "打不开这个文件，它可能没有传完，或者已经损坏。请重新另存后再上传。"
MACROS = "这个文件里有宏或控件，不能上传。请另存为不含宏的格式（如 .docx、.xlsx）再传。"
LOCKED = "这个文件设了打开密码，别人看不了。请去掉密码，另存后再上传。"
SWELLS = "这个文件解开后太大，不能上传。请压缩图片，或分成几个文件再传。"
TRICKS = "这个文件里夹带着文档以外的内容，不能上传。请把内容复制到新文档里再传。"
REMOTE = "这个文件打开时会到网上取别的内容，不能上传。请把内容复制到新文档里再传。"

_MAIN = {
    "docx": b"wordprocessingml.document.main+xml",
    "xlsx": b"spreadsheetml.sheet.main+xml",
    "pptx": b"presentationml.presentation.main+xml",
}
_KINDS_OF_PARTS = "[Content_Types].xml"
_MACRO_PART = re.compile(r"vbaproject|vbadata|macrosheets?/|activex|\.(?:doc|dot|xls|xlt|ppt|pot|pps)m$|\.xlam$", re.I)
_FOREIGN_PART = re.compile(
    r"\.(?:exe|dll|scr|com|bat|cmd|js|jse|vbs|vbe|wsf|hta|ps1|lnk|msi|jar|html?|php|svgz)$", re.I
)
# what is fetched and opened together with the document, not when somebody clicks
_FETCHED = re.compile(
    rb"<Relationship\b(?=[^>]*/(?:attachedTemplate|oleObject|frame|subDocument)[\"'])"
    rb"(?=[^>]*\bTarget\s*=\s*[\"'](?:https?:|ftp:|mhtml:|\\\\|file:/*\\\\))[^>]*>",
    re.IGNORECASE,
)
_VBA = "_VBA_PROJECT".encode("utf-16-le")
_CHUNK, _SEAM = 1 << 20, 4096
_END = struct.Struct("<4s4H2LH")  # of an archive's index: signature, disks, entries, its size, its place, a comment


def look_into_new(file, suffix) -> None:
    """Refuse what is no docx, xlsx or pptx (as ``suffix`` says), or swells, or carries macros or traps."""
    head = file.read(8)
    if head == _COMPOUND and "EncryptedPackage".encode("utf-16-le") in file.read():
        raise Refused(LOCKED)
    if not head.startswith(b"PK\x03\x04"):
        raise Refused(OTHERWISE)
    _look_at_index(file)
    try:
        with zipfile.ZipFile(file) as archive:
            _look_into(archive, suffix)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise Refused(BROKEN) from error


def _look_at_index(file) -> None:
    """The end of the index, before Python makes an object of each of its entries: small, and nothing around it."""
    size = file.seek(0, 2)
    if size < _END.size:
        raise Refused(BROKEN)
    file.seek(size - _END.size)
    signature, _, _, _, count, length, place, comment = _END.unpack(file.read())
    if signature != b"PK\x05\x06" or comment:
        raise Refused(BROKEN)  # cut off, or something follows
    if count > sheets.MOST_PARTS or length > sheets.MOST_PARTS * 512:
        raise Refused(SWELLS)
    if place + length + _END.size != size:
        raise Refused(TRICKS)  # something stands before or between


def _look_into(archive, suffix) -> None:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    packed = sum(part.compress_size for part in parts)
    archive.fp.seek(0, 2)
    if sum(part.file_size for part in parts) > MOST_UNPACKED or packed > archive.fp.tell():
        raise Refused(SWELLS)  # parts that share their content are a bomb as well
    if any(part.flag_bits & 0x1 for part in parts):
        raise Refused(LOCKED)
    if len(set(names)) < len(names) or any(".." in name.split("/") or name.startswith("/") for name in names):
        raise Refused(TRICKS)
    if any(_MACRO_PART.search(name) for name in names):
        raise Refused(MACROS)
    if any(_FOREIGN_PART.search(name) for name in names):
        raise Refused(TRICKS)
    if _KINDS_OF_PARTS not in names:
        raise Refused(OTHERWISE)
    kinds = _first_of(archive, _KINDS_OF_PARTS)
    if b"macroenabled" in kinds.lower() or b"vbaproject" in kinds.lower():
        raise Refused(MACROS)
    if _MAIN[suffix] not in kinds:
        raise Refused(OTHERWISE)
    for part in parts:
        _read_through(archive, part)


def _first_of(archive, name) -> bytes:
    with archive.open(name) as file:
        return file.read(_CHUNK)


def _read_through(archive, part) -> None:
    """One part, a piece at a time: one that is not what the index says fails at its checksum."""
    is_text = part.filename.endswith((".xml", ".rels"))
    seam = b""
    with archive.open(part) as file:
        while piece := file.read(_CHUNK):
            piece = seam + piece
            if is_text and (b"<!DOCTYPE" in piece or b"<!ENTITY" in piece):
                raise Refused(TRICKS)
            if _FETCHED.search(piece):
                raise Refused(REMOTE)
            if _VBA in piece:  # a document within the document
                raise Refused(MACROS)
            seam = piece[-_SEAM:]


_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = {"doc": ("WordDocument",), "xls": ("Workbook", "Book"), "ppt": ("PowerPoint Document",)}
_INSTALLER = bytes.fromhex("84100c0000000000c000000000000046")  # the class of a Windows installer's package
_MACRO_SHEET = re.compile(rb"\x85\x00.\x00.{4}[\x00-\x02]\x01", re.DOTALL)  # [MS-XLS] BoundSheet8 of a macro sheet
_SHOW_WITH_MACROS = re.compile(
    rb"\x02\x00\x00\x04\x0c\x00\x00\x00.{4}\x01\x00\x00\x00", re.DOTALL
)  # [MS-PPT] VBAInfoAtom


def look_into_old(file, suffix) -> None:
    """Refuse what is no compound file of this kind, or is locked, or carries macros."""
    content = file.read()
    if not content.startswith(_COMPOUND):
        raise Refused(OTHERWISE)
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Refused(LOCKED)
    wanted = _STREAMS.get(suffix, ())
    if wanted and not any(name.encode("utf-16-le") in content for name in wanted):
        raise Refused(OTHERWISE)
    if _INSTALLER in content or "__substg1.0_".encode("utf-16-le") in content:  # a program's package, a mail
        raise Refused(OTHERWISE)
    is_sheet, is_show = suffix in ("xls", "et"), suffix in ("ppt", "dps")
    if (
        _VBA in content
        or (is_sheet and _MACRO_SHEET.search(content))
        or (is_show and _SHOW_WITH_MACROS.search(content))
    ):
        raise Refused(MACROS)
