#!/usr/bin/env python
"""What a wheel of inkread must hold and must not: tasks/wheel_contents.py WHEEL

Prints one line for each fault and ends with code 1 if there are any. Needs nothing but Python and pip.
"""

from __future__ import annotations

import sys
import zipfile
from fnmatch import fnmatchcase
from pathlib import Path

from pip._internal.models.index import PyPI  # pip knows the registry's hosts, so that none is named here

MEGABYTES = 25.0
NEEDED = (
    "inkread/__init__.py",
    "inkread/py.typed",
    "inkread/weights/lines.onnx",
    "inkread/weights/lines_small.onnx",
    "inkread/weights/layout.onnx",
    "inkread/weights/characters.onnx",
    "inkread/weights/language.ngrams",
    "inkread/weights/sentences.onnx",
    "inkread/weights/MODEL_CARD.md",
    "inkread/writers/schemas/page.schema.json",
    "inkread/writers/schemas/alto*.xsd",
    "inkread/writers/schemas/pagecontent*.xsd",
    "inkread/writers/schemas/xlink.xsd",
    "inkread/writers/schemas/README.md",
    "inkread/server/page/templates/index.html",
    "inkread/server/page/static/*.js",
    "inkread/server/page/static/*.css",
    "inkread-*.dist-info/entry_points.txt",
    "inkread-*.dist-info/licenses/LICENSE",
    "inkread-*.dist-info/licenses/NOTICE",
)
ALLOWED = (
    "inkread/*.py",
    "inkread/py.typed",
    "inkread/weights/*",
    "inkread/writers/schemas/*",
    "inkread/server/page/*",
    "inkread-*.dist-info/*",
)
REFUSED = (
    "*/test_*.py",
    "*/tests/*",
    "*/conftest.py",
    "*/__pycache__/*",
    "*.ckpt",
    "*.safetensors",
    "*.part",
)
BINARY = (".onnx", ".ngrams")
REGISTRY = tuple(host.encode() for host in (PyPI.netloc, PyPI.file_storage_domain))


def faults(wheel: Path) -> list[str]:
    """Return what is wrong with ``wheel``, a sentence each; nothing where all is well."""
    found = []
    if (size := wheel.stat().st_size / 1e6) > MEGABYTES:
        found.append(f"The wheel has {size:.1f} MB; {MEGABYTES:.0f} is the most.")
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        for pattern in NEEDED:
            held = [archive.getinfo(name).file_size for name in names if fnmatchcase(name, pattern)]
            if not any(held) and not (held and pattern.endswith("py.typed")):
                found.append(f"{pattern} is missing or empty.")
        for name in names:
            if not _any(name, ALLOWED) or _any(name, REFUSED):
                found.append(f"{name} does not belong into a wheel.")
            if not name.endswith(BINARY):
                content = archive.read(name).lower()
                found += [
                    f"{name} names the registry {host.decode()}." for host in REGISTRY if host in content
                ]
    return found


def _any(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    wrong = faults(Path(sys.argv[1]))
    print("\n".join(wrong) or f"{Path(sys.argv[1]).name}: all there, nothing else.")
    sys.exit(bool(wrong))
