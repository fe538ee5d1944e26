"""All renditions of a 12-megapixel photo, against decoding and writing it once."""

import io

from PIL import Image

from articles.uploads import pictures
from newsroom.demo import pictures as drawn

from .timing import measure, say


def run() -> None:
    photo = drawn.scene("river-delta", (4000, 3000))

    def once() -> None:
        with Image.open(io.BytesIO(photo)) as picture:
            picture.save(io.BytesIO(), "JPEG", quality=85)

    base, p99 = measure(once, seconds=1, least=3)
    print(f"\nPictures, 4000 x 3000, {len(photo) >> 10} KB; the baseline decodes it and writes one JPEG")
    say("decode and write once", base, p99, base)
    median, p99 = measure(lambda: pictures.render(photo), seconds=3, least=3)
    say("check and draw every rendition", median, p99, base)
