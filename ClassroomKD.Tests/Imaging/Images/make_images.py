"""Writes ../../Golden/pillow-images.json: files as other programs write them, with their pixels by the convert("RGB") of Pillow 11.1."""
import base64, io, json, struct
from PIL import Image, ImageFile

ImageFile.LOAD_TRUNCATED_IMAGES = False
WIDTH, HEIGHT = 45, 27
PALETTE = bytes([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 99, 199])
OWN = bytes([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120])


def lzw(indices):
    """Codes of three bits, which a clear code before every second pixel keeps so."""
    bits, count, out = 0, 0, bytearray()
    codes = [code for i, index in enumerate(indices) for code in ([4, index] if i % 2 == 0 else [index])] + [5]
    for code in codes:
        bits |= code << count
        count += 3
        while count >= 8:
            out.append(bits & 255)
            bits >>= 8
            count -= 8
    out.append(bits & 255)
    blocks = b"".join(bytes([len(out[i:i + 255])]) + out[i:i + 255] for i in range(0, len(out), 255))
    return b"\x02" + blocks + b"\0"


def gif(canvas, frame, common=True, own=False, background=1, transparent=None, version=b"GIF89a"):
    left, top, width, height = frame
    file = version + struct.pack("<HH", *canvas) + bytes([0x81 if common else 1, background, 0]) + (PALETTE if common else b"")
    if transparent is not None:
        file += b"\x21\xf9\x04" + bytes([1, 0, 0, transparent, 0])
    file += b"\x2c" + struct.pack("<HHHH", *frame) + bytes([0x81 if own else 0]) + (OWN if own else b"")
    return file + lzw([(i * 7 + i // 3) % 4 for i in range(width * height)]) + b"\x3b"


def jpeg(**settings):
    image = Image.new("L" if settings.pop("gray", False) else "RGB", (WIDTH, HEIGHT))
    image.putdata([(x * 7 * y % 256, y * 9 % 256, (x * x + y) % 256) if image.mode == "RGB" else (x * y) % 256
                   for y in range(HEIGHT) for x in range(WIDTH)])
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85, **settings)
    return file.getvalue()


small, full = ((6, 6), (1, 2, 4, 3)), ((4, 4), (0, 0, 4, 4))
files = {
    "gif full": gif(*full), "gif full, transparent": gif(*full, transparent=2), "gif full, own, transparent": gif(*full, own=True, transparent=2),
    "gif small": gif(*small), "gif small, other background": gif(*small, background=3), "gif small, 87a": gif(*small, version=b"GIF87a"),
    "gif small, own": gif(*small, own=True), "gif small, own alone": gif(*small, common=False, own=True),
    "gif small, transparent": gif(*small, transparent=2), "gif small, first transparent": gif(*small, transparent=0),
    "gif small, own, transparent": gif(*small, own=True, transparent=2),
    "gif small, transparent beyond": gif(*small, transparent=9), "gif beyond the canvas": gif((4, 4), (2, 2, 4, 4)),
    "jpeg": jpeg(), "jpeg 4:4:4": jpeg(subsampling=0), "jpeg optimized": jpeg(optimize=True), "jpeg gray": jpeg(gray=True),
    "jpeg progressive": jpeg(progressive=True), "jpeg progressive 4:4:4": jpeg(progressive=True, subsampling=0),
    "jpeg progressive gray": jpeg(progressive=True, gray=True), "jpeg restarts": jpeg(restart_marker_blocks=2),
}
with open("../../Golden/pillow-images.json", "w") as out:
    entries = []
    for name, file in files.items():
        image = Image.open(io.BytesIO(file)).convert("RGB")
        entries.append({"name": name, "file": base64.b64encode(file).decode(), "width": image.width, "height": image.height,
                        "rgb": base64.b64encode(image.tobytes()).decode()})
    json.dump({"cases": entries}, out, indent=1)
