"""``inkread models``: what comes with this installation."""

from __future__ import annotations

import json

import click

from inkread.errors import BundleError


@click.command("models")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list instead of a table.")
def command(as_json: bool) -> None:
    """List the models that come with inkread: kind, name, version, size, contract."""
    names = ("base", "small", "layout", "character", "language", "sentences")
    records = [record for name in names if (record := _describe(name))]
    if as_json:
        click.echo(json.dumps(records, indent=1))
        return
    for record in records:
        head = f"{record['kind']:<9} {record['name']} {record['version']}".rstrip()
        click.echo(f"{head:<40} {int(str(record['bytes'])) / 1e6:5.1f} MB  {record['contract']}")


def _describe(name: str) -> dict[str, object] | None:
    """Return what a packaged file says of itself, None where this installation lacks it."""
    from inkread.runtime.session import SESSIONS
    from inkread.runtime.store import RECOGNISERS, packaged

    try:
        path = packaged(name)
    except BundleError:
        return None
    kind = "line" if name in RECOGNISERS else name
    record: dict[str, object] = {"kind": kind, "file": path.name, "bytes": path.stat().st_size}
    if kind == "language":
        from inkread.decoding.language import LanguageModel

        languages = ", ".join(LanguageModel.load(path).languages)
        return record | {"name": "character n-grams", "version": "", "contract": f"languages {languages}"}
    contract = SESSIONS[kind](path, threads=1).contract
    if kind == "line":
        summary = f"grey lines {contract.height} px high, {len(contract.alphabet)} characters"
        summary += f", a frame every {contract.stride} px"
    elif kind == "character":
        summary = f"grey characters {contract.height} px square, {len(contract.alphabet)} characters"
    elif kind == "sentences":
        summary = f"lines of text, {contract.pieces.count(chr(10)) + 1} word pieces"
    else:
        summary = f"RGB pages, sides multiples of {contract.multiple} px"
    return record | {"name": contract.name, "version": contract.version, "contract": summary}
