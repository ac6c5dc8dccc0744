"""Writes assets/data/fashion-mnist from the original files: python3 tests/make_fashion.py <their folder>"""
import gzip
import hashlib
import pathlib
import subprocess
import sys

source = pathlib.Path(sys.argv[1])
here = pathlib.Path(__file__).parent.parent / "assets/data/fashion-mnist"
IMAGES = 10_000
for name, head in [("train-images-idx3-ubyte", 16), ("train-labels-idx1-ubyte", 8),
                   ("t10k-images-idx3-ubyte", 16), ("t10k-labels-idx1-ubyte", 8)]:
    read = gzip.decompress((source / f"{name}.gz").read_bytes())
    each = 784 if head == 16 else 1
    # The first images, and their number in the head, big-endian.
    kept = read[:4] + IMAGES.to_bytes(4, "big") + read[8:head + IMAGES * each]
    target = here / (name.replace("train", "train-10k") + ".gz")
    target.write_bytes(subprocess.run(["gzip", "-9n"], input=kept, capture_output=True, check=True).stdout)
    packed = target.read_bytes()
    print(f"| `{target.name}` | {len(packed):,} | `{hashlib.sha256(packed).hexdigest()}` "
          f"| {len(kept):,} | `{hashlib.sha256(kept).hexdigest()}` |")
