"""Which documents are taken, by their name and by what is in them. Nothing is believed that a file says of itself.

A document is refused in a Chinese sentence that says what to do. What cannot be found without opening the document
(a script in a packed part of a PDF, say) may pass: so no document is ever shown by the site, only handed out.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from core.documents.office import OTHERWISE, look_into_new, look_into_old
from core.documents.refusing import Refused

MB = 1024 * 1024
LARGEST = 20 * MB
LONGEST_NAME = 120  # letters: with its folder still a path that Windows can save
# Between two dots of a name these pretend to be something else: notice.docm.docx, notice.php.pdf.
RISKY = {
    "ade", "app", "asp", "aspx", "bat", "cgi", "chm", "cmd", "com", "cpl", "dll", "docm", "dotm", "exe", "hta",
    "htm", "html", "jar", "js", "jse", "jsp", "lnk", "mht", "msi", "mjs", "php", "phtml", "pif", "potm", "ppam",
    "ppsm", "pptm", "ps1", "py", "reg", "scr", "sh", "shtml", "svg", "swf", "vbe", "vbs", "wsf", "xhtml",
    "xlam", "xlsm", "xltm", "xml",
}  # fmt: skip
NAMED = "可以上传 PDF、Word、Excel、PowerPoint、WPS 文档和 txt、csv。"
EMPTY = "这个文件是空的，请重新选择。"
TOO_LARGE = "文件超过 20 MB。请压缩图片，或分成几个文件再上传。"
LONG_NAME = f"文件名超过 {LONGEST_NAME} 个字，请改短后再上传。"
TWO_FACED = "文件名里夹着另一种扩展名，容易让人误开。请改名后再上传。"
ACTIVE_PDF = "这份 PDF 里有脚本或启动程序的指令，不能上传。请重新“打印为 PDF”后再传。"
TWO_IN_ONE = "这份 PDF 后面夹带着别的文件，不能上传。请重新“打印为 PDF”后再传。"
BROKEN_PDF = "这份 PDF 没有传完，或者已经损坏。请重新导出后再上传。"
MARKUP = "这个文本里有网页或程序的代码，不能上传。请只留文字，另存后再传。"
FORMULAS = "这份 csv 里有公式，打开时会执行。请另存为 .xlsx 再上传。"


@dataclass(frozen=True)
class Kind:
    """A kind of document: its suffix, what it is served as, and how its content is looked at (raises Refused)."""

    suffix: str
    content_type: str
    look: Callable[[Any, str], None]


@dataclass(frozen=True)
class Seen:
    """What a look found: the cleaned name, the kind, the size in bytes and the SHA-256 of the content."""

    name: str
    kind: Kind
    size: int
    digest: str


def look(file, name: str) -> Seen:
    """Look at an upload, an open binary file, under the name it was sent with; raises Refused. It is left rewound."""
    name = clean_name(name)
    stem, _, suffix = name.rpartition(".")
    kind = KINDS.get(suffix.lower()) if stem else None
    if kind is None:
        raise Refused(f"不能上传这种文件。{NAMED}")
    if len(name) > LONGEST_NAME:
        raise Refused(LONG_NAME)
    if RISKY & {part.strip().lower() for part in stem.split(".")[1:]}:
        raise Refused(TWO_FACED)
    size, digest = _measure(file)
    if not size:
        raise Refused(EMPTY)
    file.seek(0)
    kind.look(file, kind.suffix)
    file.seek(0)
    return Seen(name, kind, size, digest)


def _measure(file):
    """Size and digest, read piece by piece; what is too large is not read to its end."""
    file.seek(0)
    size, digest = 0, hashlib.sha256()
    while piece := file.read(MB):
        size += len(piece)
        if size > LARGEST:
            raise Refused(TOO_LARGE)
        digest.update(piece)
    return size, digest.hexdigest()


def clean_name(name: str) -> str:
    """The name alone: no folders, no control characters or marks that turn the direction, nothing a disk forbids."""
    name = unicodedata.normalize("NFC", name)
    name = PurePosixPath(name.replace("\\", "/")).name
    name = "".join(one for one in name if unicodedata.category(one)[0] != "C")
    name = re.sub(r'[<>:"|?*]', "_", name)
    return re.sub(r"\s+", " ", name).strip(" .")


_EOF_AT = 2048  # bytes from the end within which a whole PDF says %%EOF
_ACTIVE = re.compile(rb"/(?:JavaScript|Launch)(?![A-Za-z])")
_TAIL_OF_ARCHIVE = 65_557  # bytes from the end within which an archive has its index's end


def _look_at_pdf(file, suffix):
    content = file.read()
    if not content.startswith(b"%PDF-"):
        raise Refused(OTHERWISE)
    if b"%%EOF" not in content[-_EOF_AT:]:
        raise Refused(TWO_IN_ONE if b"%%EOF" in content else BROKEN_PDF)
    if b"PK\x05\x06" in content[-_TAIL_OF_ARCHIVE:]:
        raise Refused(TWO_IN_ONE)
    if _ACTIVE.search(content):
        raise Refused(ACTIVE_PDF)


_MARKUP = re.compile(r"<\s*(?:!doctype|html|head|body|script|svg|iframe|object|embed|img|\?php|\?xml|%)", re.IGNORECASE)
_FORMULA = re.compile(r'(?:^|[,;\t"])[ \u3000]*(?:=|[-+@][A-Za-z]+[(|])', re.MULTILINE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


def _look_at_text(file, suffix):
    text = _decoded(file.read())
    if _CONTROL.search(text):
        raise Refused(OTHERWISE)
    if _MARKUP.search(text):
        raise Refused(MARKUP)
    if suffix == "csv" and _FORMULA.search(text):
        raise Refused(FORMULAS)


def _decoded(content: bytes) -> str:
    """A text as Chinese offices write it: UTF-8, UTF-16 with its mark, or GB 18030; raises Refused for none of them."""
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if is_wide else ["utf-8-sig", "gb18030"]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(OTHERWISE)


_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = {
    kind.suffix: kind
    for kind in (
        Kind("pdf", "application/pdf", _look_at_pdf),
        Kind("docx", f"{_OFFICE}wordprocessingml.document", look_into_new),
        Kind("xlsx", f"{_OFFICE}spreadsheetml.sheet", look_into_new),
        Kind("pptx", f"{_OFFICE}presentationml.presentation", look_into_new),
        Kind("doc", "application/msword", look_into_old),
        Kind("xls", "application/vnd.ms-excel", look_into_old),
        Kind("ppt", "application/vnd.ms-powerpoint", look_into_old),
        Kind("wps", "application/vnd.ms-works", look_into_old),
        Kind("et", "application/octet-stream", look_into_old),
        Kind("dps", "application/octet-stream", look_into_old),
        Kind("txt", "text/plain", _look_at_text),
        Kind("csv", "text/csv", _look_at_text),
    )
}
ACCEPTED = ",".join(f".{suffix}" for suffix in KINDS)
