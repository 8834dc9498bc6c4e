"""Writes Tests/DatasetsTests/Fixtures/images.json: small pictures as files, and their pixels as Pillow decodes them;
pictures of other sizes as Pillow and plain numpy resize them.

Needs pillow and numpy. Run from the top of the repository: python3 scripts/reference/images.py
"""
import base64
import io
import json
import struct
import zlib

import numpy as np
from PIL import Image, features


def pattern(height, width, channels, salt):
    """A smooth picture with some noise: like a photograph, and the same on every machine."""
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    smooth = 110 + 70 * np.sin(x / 3.1 + c + salt) * np.cos(y / 2.3 - c)
    mixed = (x * 374761393 + y * 668265263 + c * 2246822519 + salt * 3266489917) & 0xFFFFFFFF
    mixed = (mixed ^ (mixed >> 13)) * 1274126177 & 0xFFFFFFFF
    return np.clip(smooth + (mixed >> 24) / 8, 0, 255).astype(np.uint8)


def encoded(image, kind, **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height, depth, color, raw, *extra, interlace=0):
    """A PNG file put together by hand, for what Pillow does not write."""
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(extra) + chunk(b"IDAT", zlib.compress(raw))
            + chunk(b"IEND", b""))


def interlaced(pixels):
    """Adam7 of a grey picture."""
    raw = b""
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    for x, y, dx, dy in passes:
        part = pixels[y::dy, x::dx]
        if part.size:
            raw += b"".join(b"\0" + row.tobytes() for row in part)
    return png(pixels.shape[1], pixels.shape[0], 8, 0, raw, interlace=1)


def files():
    grey, color = pattern(13, 17, 1, 1)[..., 0], pattern(13, 17, 3, 2)
    alpha = pattern(13, 17, 4, 3)
    as_grey, as_color = Image.fromarray(grey), Image.fromarray(color)
    yield "grey.jpg", encoded(as_grey, "JPEG", quality=90)
    yield "color_444.jpg", encoded(as_color, "JPEG", quality=90, subsampling=0)
    yield "color_422.jpg", encoded(as_color, "JPEG", quality=90, subsampling=1)
    yield "color_420.jpg", encoded(as_color, "JPEG", quality=90, subsampling=2)
    yield "progressive.jpg", encoded(as_color, "JPEG", quality=75, progressive=True)
    yield "progressive_grey.jpg", encoded(as_grey, "JPEG", quality=75, progressive=True)
    yield "one_pixel.jpg", encoded(Image.fromarray(color[:1, :1]), "JPEG", quality=90)
    yield "grey.png", encoded(as_grey, "PNG")
    yield "color.png", encoded(as_color, "PNG")
    yield "alpha.png", encoded(Image.fromarray(alpha, "RGBA"), "PNG")
    yield "grey_alpha.png", encoded(Image.fromarray(alpha[..., :2].copy(), "LA"), "PNG")
    yield "palette.png", encoded(as_color.quantize(16), "PNG")
    yield "palette_transparent.png", encoded(as_color.quantize(16), "PNG", transparency=3)
    yield "bits.png", encoded(as_grey.convert("1"), "PNG")
    yield "interlaced.png", interlaced(grey)
    yield "gamma.png", encoded(as_grey, "PNG")
    for depth in 2, 4:
        yield f"grey_{depth}_bits.png", png(13 * 8 // depth, 13, depth, 0, b"".join(
            b"\0" + row[:13].tobytes() for row in grey))


def decoded(data):
    image = Image.open(io.BytesIO(data))
    is_color = image.mode in ("RGB", "RGBA", "P", "CMYK")
    if image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")
    return np.asarray(image.convert("RGB" if is_color else "L"))


def picture_cases():
    for name, data in files():
        if name == "gamma.png":
            # A gamma that a viewer would apply, and that nobody who measures wants.
            at = data.index(b"IDAT") - 4
            data = data[:at] + chunk(b"gAMA", struct.pack(">I", 100000)) + data[at:]
        pixels = decoded(data)
        yield {"name": name, "file": base64.b64encode(data).decode(), "shape": list(pixels.shape),
               "pixels": pixels.reshape(-1).tolist(),
               "grey": np.asarray(Image.fromarray(pixels).convert("L")).reshape(-1).tolist()}
    # 16 bits are rounded to 8: Pillow keeps them, so numpy says what is right.
    deep = (pattern(5, 7, 1, 4)[..., 0].astype(np.uint32) * 257 + np.arange(35).reshape(5, 7) * 7) % 65536
    raw = b"".join(b"\0" + row.astype(">u2").tobytes() for row in deep)
    rounded = np.round(deep / 257).astype(int)
    yield {"name": "grey_16_bits.png", "file": base64.b64encode(png(7, 5, 16, 0, raw)).decode(), "shape": [5, 7],
           "pixels": rounded.reshape(-1).tolist(), "grey": rounded.reshape(-1).tolist()}


def area_weights(old, new):
    """Share of each old pixel in each new one: exact overlap."""
    scale = old / new
    weights = np.zeros((new, old))
    for i in range(new):
        for j in range(old):
            weights[i, j] = max(0, min(j + 1, (i + 1) * scale) - max(j, i * scale))
    return weights / weights.sum(axis=1, keepdims=True)


def resize_cases():
    sizes = [(20, 30, 7, 9), (20, 30, 10, 15), (20, 30, 5, 6), (13, 17, 13, 5), (5, 4, 11, 16), (31, 8, 1, 1),
             (1, 1, 6, 3), (64, 48, 17, 31)]
    for index, (height, width, new_height, new_width) in enumerate(sizes):
        channels = 1 if index % 2 else 3
        pixels = pattern(height, width, channels, 10 + index)
        planes = [Image.fromarray(pixels[..., c].astype(np.float32), "F") for c in range(channels)]
        bilinear = np.stack(
            [np.asarray(p.resize((new_width, new_height), Image.Resampling.BILINEAR)) for p in planes], axis=-1)
        area = np.einsum("ih,jw,hwc->ijc", area_weights(height, new_height), area_weights(width, new_width),
                         pixels.astype(float))
        if height % new_height == 0 and width % new_width == 0:
            box = np.stack([np.asarray(p.resize((new_width, new_height), Image.Resampling.BOX)) for p in planes], axis=-1)
            assert np.abs(box - area).max() < 1e-3, "the area filter is Pillow's box where sizes divide"
        yield {"shape": [height, width, channels], "pixels": pixels.reshape(-1).tolist(),
               "size": [new_height, new_width],
               "bilinear": [round(float(v), 3) for v in bilinear.reshape(-1)],
               "area": [round(float(v), 3) for v in area.reshape(-1)]}


result = {
    "origin": f"scripts/reference/images.py with pillow {Image.__version__}, "
              f"libjpeg-turbo {features.version('libjpeg_turbo')}, numpy {np.__version__}",
    "pictures": list(picture_cases()),
    "resized": list(resize_cases()),
}
with open("Tests/DatasetsTests/Fixtures/images.json", "w") as file:
    # One case a line.
    file.write('{\n"origin": ' + json.dumps(result["origin"]))
    for part in "pictures", "resized":
        file.write(f',\n"{part}": [\n' + ",\n".join(json.dumps(c, separators=(",", ":")) for c in result[part]) + "\n]")
    file.write("\n}\n")
