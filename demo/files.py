"""The files that people and the bot have sent, and the pictures' sizes."""

import hashlib
import mimetypes
import struct
import zlib
from dataclasses import dataclass

from demo.errors import Json


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in a request."""

    content: bytes
    file_name: str
    mime_type: str = ""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on "Telegram's servers"."""

    file_id: str
    file_unique_id: str
    file_path: str
    content: bytes
    file_name: str
    mime_type: str
    kind: str
    size: tuple[int, int] | None = None

    def as_json(self) -> Json:
        """Telegram's ``File`` object."""
        return {**self.reference(), "file_path": self.file_path}

    def reference(self) -> Json:
        """The fields that every kind of file object has."""
        return {
            "file_id": self.file_id,
            "file_unique_id": self.file_unique_id,
            "file_size": len(self.content),
        }

    def photo_sizes(self) -> list[Json]:
        """Telegram's ``PhotoSize`` list: here the original alone."""
        width, height = self.size or (0, 0)
        return [{**self.reference(), "width": width, "height": height}]

    def document(self) -> Json:
        """Telegram's ``Document`` object."""
        return {"file_name": self.file_name, "mime_type": self.mime_type, **self.reference()}


class Files:
    """All stored files by their id and by their path."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}

    def add(self, kind: str, upload: Upload) -> StoredFile:
        """Store a file; ``kind`` (``photo``, ``document``, ``voice``, …) is its folder too."""
        number = len(self._by_id)
        digest = hashlib.sha256(upload.content).hexdigest()
        extension = upload.file_name.rpartition(".")[2] if "." in upload.file_name else "bin"
        guessed = mimetypes.guess_type(upload.file_name)[0]
        stored = StoredFile(
            file_id=f"AgACAgIAAxkBAAI{number:04d}{digest[:40]}",
            file_unique_id=f"AQAD{digest[:12]}",
            file_path=f"{kind}s/file_{number}.{extension}",
            content=upload.content,
            file_name=upload.file_name,
            mime_type=guessed or upload.mime_type or "application/octet-stream",
            kind=kind,
            size=image_size(upload.content),
        )
        self._by_id[stored.file_id] = stored
        return stored

    def get(self, file_id: str) -> StoredFile | None:
        """The file with this id."""
        return self._by_id.get(file_id)

    def at(self, path: str) -> StoredFile | None:
        """The file with this ``file_path``."""
        return next((file for file in self._by_id.values() if file.file_path == path), None)


def image_size(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG, JPEG, GIF or WebP picture; ``None`` for anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        return struct.unpack(">II", content[16:24])
    if content[:6] in {b"GIF87a", b"GIF89a"} and len(content) >= 10:
        return struct.unpack("<HH", content[6:10])
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP" and len(content) >= 30:
        return _webp_size(content)
    if content.startswith(b"\xff\xd8"):
        return _jpeg_size(content)
    return None


def _webp_size(content: bytes) -> tuple[int, int] | None:
    """The size stands in the first chunk: an extended picture's header, or a plain one's lossy or lossless frame."""
    kind = content[12:16]
    if kind == b"VP8X":
        return int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1
    if kind == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF  # the upper two bits are a scale
    if kind == b"VP8L" and content[20] == 0x2F:
        sides = int.from_bytes(content[21:25], "little")
        return (sides & 0x3FFF) + 1, (sides >> 14 & 0x3FFF) + 1
    return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Walk the JPEG's segments up to the frame header."""
    position = 2
    while position + 9 <= len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return width, height
        position += 2 + int.from_bytes(content[position + 2 : position + 4], "big")
    return None


def plain_png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """A picture of one colour: what a person of this world sends when any photo will do."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\x00" + bytes(colour) * width) * height
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body
