"""Looking into a PDF: its streams, as they were before they were packed."""

import re
import zlib


def inside(pdf: bytes) -> bytes:
    """Return what is in a PDF, its compressed parts unpacked."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return pdf + b"".join(_unpacked(part) for part in packed)


def _unpacked(part: bytes) -> bytes:
    try:
        return zlib.decompress(part)
    except zlib.error:
        return part
