"""Take raw files from where the user says (``--from``): a file, an archive, or a folder of either."""

from __future__ import annotations

import lzma
import os
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from inkread.datasets.metadata import RawFile
from inkread.errors import DataError

_ARCHIVES = (".whl", ".zip", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar")
_DAMAGED = (EOFError, zlib.error, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile, OSError)


def take(file: RawFile, source: Path, part: Path, is_right: Callable[[Path], bool]) -> None:
    """Copy one file of a data set to ``part``.

    Args:
        file: which.
        source: the file under any name, an archive that holds it, or a folder of either.
        part: where to.
        is_right: tells whether a file has the right checksum.

    Raises:
        DataError: it is not there, or the archive is damaged.
    """
    names = {PurePosixPath(name).name for name in (file.name, file.member) if name}
    if source.is_dir():
        inside = [path for path in sorted(source.rglob("*")) if path.name in names and path.is_file()]
        if not inside:
            raise DataError(f"{source} holds no {file.name}; name the folder or archive that does.")
        source = inside[0]
    if not source.is_file():
        raise DataError(f"{source} is not there; name a file, an archive or a folder.")
    if source.name not in names and source.name.endswith(_ARCHIVES) and not is_right(source):
        take_member(source, file, part)
    else:
        shutil.copyfile(source, part)


def take_member(archive: Path, file: RawFile, part: Path) -> None:
    """Copy one member of a zip or tar archive to ``part``.

    Raises:
        DataError: the archive is damaged, or does not hold the file.
    """
    member = file.member or file.name
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as bundle, bundle.open(member) as held, part.open("wb") as out:
                shutil.copyfileobj(held, out)
        else:
            with tarfile.open(archive) as tape:
                found = tape.extractfile(member)
                if found is None:
                    raise KeyError(member)
                with found, part.open("wb") as out:
                    shutil.copyfileobj(found, out)
    except KeyError:
        raise DataError(
            f"{archive.name} does not hold {member}; use the version the metadata names."
        ) from None
    except _DAMAGED as error:
        part.unlink(missing_ok=True)
        raise DataError(f"{archive} is damaged or cut off ({error}); get it again.") from None


def take_as_it_is(source: Path, folder: Path, report: Callable[[str], None]) -> list[Path]:
    """Copy an archive, or all files of a folder, into ``folder``; each appears whole or not at all.

    A file that is there already with the same size and time is left alone, so that a copy which
    was stopped goes on.

    Raises:
        DataError: the source is not there, is neither a folder nor an archive, or holds no file.
    """
    if not source.exists():
        raise DataError(f"{source} is not there; name an archive or a folder.")
    if source.is_file() and not source.name.lower().endswith(_ARCHIVES):
        raise DataError(f"{source} is neither an archive nor a folder; name the folder that holds it.")
    top = source if source.is_dir() else source.parent
    files = sorted(path for path in source.rglob("*") if path.is_file()) if source.is_dir() else [source]
    if not files:
        raise DataError(f"{source} holds no files; name the folder that does.")
    paths, copied = [], 0
    for path in files:
        goal = folder / path.relative_to(top)
        paths.append(goal)
        if goal.is_file() and _stamp(goal) == _stamp(path):
            continue
        goal.parent.mkdir(parents=True, exist_ok=True)
        part = goal.with_name(goal.name + ".part")
        shutil.copy2(path, part)
        os.replace(part, goal)
        copied += 1
    report(f"{source}: {copied} files copied, {len(files) - copied} already there (no checksums are known)")
    return paths


def _stamp(path: Path) -> tuple[int, int]:
    about = path.stat()
    return about.st_size, int(about.st_mtime)
