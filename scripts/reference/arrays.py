"""Writes Tests/DatasetsTests/Fixtures/arrays.json: small NumPy and NIfTI files, and the numbers in them as numpy and
nibabel read them.

Needs numpy and nibabel. Run from the top of the repository: python3 scripts/reference/arrays.py
"""
import base64
import gzip
import io
import json

import nibabel
import numpy as np


def text(data):
    return base64.b64encode(data).decode()


def numbers(array):
    return [float(v) for v in np.asarray(array).reshape(-1)]


def npy_cases():
    base = (np.arange(24) * 37 % 101 - 20).reshape(2, 3, 4)
    for kind in "|b1", "|u1", "<u2", ">u2", "<u4", "<u8", "|i1", "<i2", ">i2", "<i4", "<i8", ">i8", "<f2", ">f2", "<f4", \
            ">f4", "<f8", ">f8":
        values = (abs(base) if kind[1] in "ub" else base * (0.25 if kind[1] == "f" else 1)).astype(kind)
        for order in "C", "F":
            if order == "F" and kind not in ("<f4", "<i8", "|u1"):
                continue
            stream = io.BytesIO()
            np.lib.format.write_array(stream, np.asarray(values, order=order))
            yield {"name": f"{kind} {order}", "file": text(stream.getvalue()), "shape": list(values.shape),
                   "values": numbers(values.astype(float))}
    for version in (2, 0), (3, 0):
        stream = io.BytesIO()
        np.lib.format.write_array(stream, base.astype("<f4"), version=version)
        yield {"name": f"version {version[0]}", "file": text(stream.getvalue()), "shape": [2, 3, 4],
               "values": numbers(base)}
    for shape in (), (5,), (0, 3):
        stream = io.BytesIO()
        values = np.arange(int(np.prod(shape))).reshape(shape).astype("<f8")
        np.lib.format.write_array(stream, values)
        yield {"name": f"shape {shape}", "file": text(stream.getvalue()), "shape": list(shape), "values": numbers(values)}


def archives():
    images = (np.arange(6 * 4 * 5 * 3) * 7 % 256).reshape(6, 4, 5, 3).astype(np.uint8)
    labels = np.array([[0], [2], [1], [1], [0], [2]], dtype=np.uint8)
    for name, save in ("stored", np.savez), ("packed", np.savez_compressed):
        stream = io.BytesIO()
        save(stream, train_images=images, train_labels=labels, test_images=images[:2], test_labels=labels[:2])
        yield {"name": name, "file": text(stream.getvalue()), "shape": list(images.shape), "values": numbers(images),
               "labels": numbers(labels)}
    stream = io.BytesIO()
    np.savez(stream, x=np.moveaxis(images, 3, 1).astype(np.float32) / 255, y=labels[:, 0].astype(np.int64))
    yield {"name": "planes", "file": text(stream.getvalue()), "shape": [6, 3, 4, 5],
           "values": numbers(np.moveaxis(images, 3, 1).astype(np.float32) / 255), "labels": numbers(labels)}


def volume(kind, image_class, affine, endianness="<", slope=None, intercept=None, shape=(4, 5, 3), quaternion=False):
    values = (np.arange(np.prod(shape)) * 31 % 97).reshape(shape).astype(np.dtype(kind).newbyteorder(endianness))
    header = image_class.header_class(endianness=endianness)
    header.set_data_dtype(np.dtype(kind).newbyteorder(endianness))
    image = image_class(values, affine, header)
    image.header.set_slope_inter(slope if slope is not None else 1, intercept if intercept is not None else 0)
    image.set_sform(affine, code=0 if quaternion else 1)
    image.set_qform(affine, code=1 if quaternion else 0)
    data = image.to_bytes()
    return data


def volumes():
    plain = np.diag([2.0, 3.0, 4.0, 1.0])
    left = np.diag([-2.0, 3.0, 4.0, 1.0])
    # Axes of the array: to the front, to the top, to the right.
    turned = np.array([[0, 0, 1.5, 1], [2.0, 0, 0, 2], [0, -3.0, 0, 3], [0, 0, 0, 1]])
    one, two = nibabel.Nifti1Image, nibabel.Nifti2Image
    cases = [
        ("u1", volume("u1", one, plain)), ("i2 scaled", volume("i2", one, left, slope=0.5, intercept=-3)),
        ("i2 big", volume("i2", one, plain, endianness=">")), ("f4 big", volume("f4", one, turned, endianness=">")),
        ("f8 second", volume("f8", two, turned)), ("u2 second big", volume("u2", two, left, endianness=">")),
        ("frames", volume("i2", one, plain, shape=(4, 5, 3, 2))),
        ("quaternion", volume("f4", one, turned, quaternion=True)),
    ]
    cases.append(("packed", gzip.compress(cases[0][1], mtime=0)))
    for name, data in cases:
        raw = gzip.decompress(data) if name == "packed" else data
        image = (two if "second" in name else one).from_bytes(raw)
        values = image.get_fdata()
        first = values[..., 0] if values.ndim == 4 else values
        canonical = nibabel.as_closest_canonical(image).get_fdata()
        canonical = canonical[..., 0] if canonical.ndim == 4 else canonical
        yield {"name": name, "file": text(data), "shape": list(values.shape), "values": numbers(values),
               "spacing": [float(v) for v in image.header.get_zooms()[:3]],
               "slices": [numbers(np.rot90(np.take(first, 1, axis=axis))) for axis in range(3)],
               "planes": [numbers(np.rot90(np.take(canonical, 1, axis=axis))) for axis in range(3)]}


result = {
    "origin": f"scripts/reference/arrays.py with numpy {np.__version__}, nibabel {nibabel.__version__}",
    "arrays": list(npy_cases()), "archives": list(archives()), "volumes": list(volumes()),
}
with open("Tests/DatasetsTests/Fixtures/arrays.json", "w") as file:
    # One case a line.
    file.write('{\n"origin": ' + json.dumps(result["origin"]))
    for part in "arrays", "archives", "volumes":
        file.write(f',\n"{part}": [\n' + ",\n".join(json.dumps(c, separators=(",", ":")) for c in result[part]) + "\n]")
    file.write("\n}\n")
