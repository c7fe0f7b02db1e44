"""Owns how a QR code is drawn: one path of squares, for an inline SVG."""

from dataclasses import dataclass

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """The side in squares, its quiet margin included, and the path's commands."""

    side: int
    path: str


def draw_qr_code(text: str) -> Drawing:
    """Return the QR code of `text`."""
    code = QRCode(error_correction=ERROR_CORRECT_M)
    code.add_data(text)
    rows = code.get_matrix()
    path = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return Drawing(side=len(rows), path=path)
