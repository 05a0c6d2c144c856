"""An enrolment string as a QR code; the only place that imports segno."""

import io

import segno

_MODULE_PIXELS = 4


def svg(text: str) -> str:
    """One `<svg>` element without XML declaration, dark on white, with its quiet zone."""
    return segno.make_qr(text, error="m").svg_inline(
        scale=_MODULE_PIXELS, dark="#000", light="#fff"
    )


def blocks(text: str) -> str:
    """For a terminal, two modules a character."""
    out = io.StringIO()
    segno.make_qr(text, error="m").terminal(out, compact=True)
    return out.getvalue()
