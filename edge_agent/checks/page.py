"""The test page: a few lines and a scale of grey, as a PDF or as plain text."""

from collections.abc import Sequence
from typing import Final

PDF: Final = "application/pdf"
TEXT: Final = "text/plain"

_WIDTH, _HEIGHT = 595, 842  # A4, in points
_MARGIN: Final = 72
_GREYS: Final = 11


def as_text(lines: Sequence[str]) -> bytes:
    """The lines on a sheet of their own; what is not ASCII becomes a question mark."""
    return "\r\n".join((*lines, "\f")).encode("ascii", "replace")


def as_pdf(lines: Sequence[str]) -> bytes:
    """The same with a frame and a scale of grey, in a font that every printer has (PDF 1.4)."""
    content = _content(lines)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>>>>>" % (_WIDTH, _HEIGHT),
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    file = b"%PDF-1.4\n"
    places = []
    for number, item in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj%s endobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    file_end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(file))
    return file + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + file_end


def _content(lines: Sequence[str]) -> bytes:
    inner = _WIDTH - 2 * _MARGIN
    parts = [b"%d %d %d %d re S" % (_MARGIN / 2, _MARGIN / 2, _WIDTH - _MARGIN, _HEIGHT - _MARGIN)]
    for step in range(_GREYS):
        left = _MARGIN + inner * step // _GREYS
        grey = step / (_GREYS - 1)
        parts.append(b"%.1f g %d %d %d 36 re f" % (grey, left, _MARGIN, inner // _GREYS))
    parts.append(b"0 g BT /F 14 Tf 20 TL %d %d Td" % (_MARGIN, _HEIGHT - 2 * _MARGIN))
    parts += [b"(%s) Tj T*" % _escaped(line) for line in lines]
    return b"\n".join((*parts, b"ET"))


def _escaped(line: str) -> bytes:
    plain = line.encode("ascii", "replace")
    for special in (b"\\", b"(", b")"):
        plain = plain.replace(special, b"\\" + special)
    return plain
