"""Makes a small PNG of a screenshot: few colours are enough for words and buttons.

The browser that took the picture counts its colours, as it does so a hundred times faster.
"""

import base64
import struct
import zlib
from typing import Final

from playwright.async_api import Page

#: So many colours are kept; the others become the nearest of them.
COLOURS: Final = 48
COUNT: Final = """async ([png, most]) => {
  const image = new Image();
  image.src = "data:image/png;base64," + png;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), {width: image.width, height: image.height});
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const {data} = context.getImageData(0, 0, image.width, image.height);
  const counts = new Map();
  const code = (at) => (data[at] & 0xf8) << 16 | (data[at + 1] & 0xf8) << 8 | (data[at + 2] & 0xf8);
  for (let at = 0; at < data.length; at += 4) counts.set(code(at), (counts.get(code(at)) ?? 0) + 1);
  const kept = [...counts].sort((one, other) => other[1] - one[1]).slice(0, most).map(([one]) => one);
  const parts = (one) => [one >> 16, one >> 8 & 255, one & 255];
  const far = (one, other) => parts(one).reduce((sum, part, at) => sum + (part - parts(other)[at]) ** 2, 0);
  const nearest = new Map(kept.map((one, index) => [one, index]));
  const index = (one) => {
    if (!nearest.has(one))
      nearest.set(one, kept.reduce((best, other, at) => far(one, other) < far(one, kept[best]) ? at : best, 0));
    return nearest.get(one);
  };
  const pixels = new Uint8Array(data.length / 4);
  for (let at = 0; at < data.length; at += 4) pixels[at / 4] = index(code(at));
  let text = "";
  for (let at = 0; at < pixels.length; at += 8192)
    text += String.fromCharCode(...pixels.subarray(at, at + 8192));
  // What was cut off of each colour is given back, so that white is white.
  const whole = (part) => part | part >> 5;
  return {width: image.width, height: image.height, pixels: btoa(text), palette: kept.flatMap((one) => parts(one).map(whole))};
}"""


async def small(page: Page, png: bytes, *, colours: int = COLOURS) -> bytes:
    """Return a PNG of few colours that looks like this one."""
    counted = await page.evaluate(COUNT, [base64.b64encode(png).decode(), colours])
    width, height = counted["width"], counted["height"]
    pixels = base64.b64decode(counted["pixels"])
    rows = b"".join(b"\0" + pixels[at : at + width] for at in range(0, width * height, width))
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", head),
        (b"PLTE", bytes(counted["palette"])),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
