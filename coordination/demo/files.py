"""Small files for the demo's attachments, made here so that nothing has to be kept: a page as PDF, a picture as PNG, a text."""

import random
import struct
import zlib
from collections.abc import Sequence

_WIDTH, _HEIGHT = 240, 360
_PAPER, _BUBBLE, _ANSWER = (244, 243, 239), (206, 224, 232), (226, 214, 236)
_PNG = b"\x89PNG\r\n\x1a\n"

Colour = tuple[int, int, int]


def content(name: str, title: str, lines: Sequence[str]) -> bytes:
    """Return a file of the kind that its name says. Raises ValueError for a kind that is not made here."""
    if name.endswith(".pdf"):
        return pdf(title, lines)
    if name.endswith(".png"):
        return png(" ".join((name, *lines)))
    if name.endswith(".txt"):
        return "\n".join((title, "", *lines, "")).encode()
    raise ValueError(f"no such kind of file: {name}")


def pdf(title: str, lines: Sequence[str]) -> bytes:
    """Return one page of text (PDF 1.4, one of the fonts every reader has)."""
    shown = [f"BT /F1 18 Tf 56 770 Td ({_escaped(title)}) Tj ET"]
    shown += [f"BT /F1 11 Tf 56 {730 - 18 * at} Td ({_escaped(line)}) Tj ET" for at, line in enumerate(lines)]
    page = "\n".join(shown).encode("cp1252", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    return _assembled(objects)


def png(seed: str) -> bytes:
    """Return a picture of a chat without words: bubbles to the left and to the right, different for each seed."""
    chance = random.Random(seed)  # noqa: S311  # a picture, not a secret
    rows = [[_PAPER] * _WIDTH for _ in range(_HEIGHT)]
    top = 12
    while top < _HEIGHT - 40:
        height, width = chance.randrange(18, 44), chance.randrange(80, 170)
        left = 12 if chance.random() < 0.6 else _WIDTH - width - 12
        _fill(rows, (left, top, width, height), _BUBBLE if left == 12 else _ANSWER)
        top += height + chance.randrange(8, 18)
    raw = b"".join(b"\x00" + bytes(value for colour in row for value in colour) for row in rows)
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    return _PNG + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(raw, 9)) + _chunk(b"IEND", b"")


def _fill(rows: list[list[Colour]], box: tuple[int, int, int, int], colour: Colour) -> None:
    left, top, width, height = box
    for row in rows[top : top + height]:
        row[left : left + width] = [colour] * width


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _assembled(objects: Sequence[bytes]) -> bytes:
    """Put the objects of a PDF together with the table that says where each begins (ISO 32000-1, 7.5)."""
    written, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    tail = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    tail += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(written))
    return written + tail


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
