"""What counts as a photo, and how large it is: read from the first bytes, as real encoders write them."""

import pytest

from demo.files import image_size, plain_png

LOSSLESS = "5249464624000000574542505650384c180000002f2b0132000750bc2634a4ff010045"
LOSSY = "52494646d20000005745425056503820c6000000d010009d012a2c01c9003ed168b153"
EXTENDED = "524946461a0100005745425056503858 0a00000010000000 2b0100 c80000 414c5048"
NO_START_CODE = LOSSY.replace("9d012a", "000000")


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (plain_png(300, 201, (9, 120, 33)), (300, 201)),
        (bytes.fromhex(LOSSLESS), (300, 201)),
        (bytes.fromhex(LOSSY), (300, 201)),
        (bytes.fromhex(EXTENDED), (300, 201)),
        (bytes.fromhex(NO_START_CODE), None),
        (bytes.fromhex(LOSSY)[:24], None),
        (b"RIFF sticker", None),
        (b"a letter", None),
        (b"", None),
    ],
)
def test_a_pictures_size_is_read_from_its_beginning(content: bytes, size: tuple[int, int] | None) -> None:
    assert image_size(content) == size
