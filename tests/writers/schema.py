"""The bundled schemas, and what is at fault in a file by them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from lxml import etree

SCHEMAS = files("inkread.writers") / "schemas"


class _Bundled(etree.Resolver):
    """Gives the bundled file for the address that ALTO's schema imports."""

    def resolve(self, url: str, _id: str, context: object) -> object:
        return self.resolve_string((SCHEMAS / url.rpartition("/")[2]).read_bytes(), context)


@cache
def schema(name: str) -> etree.XMLSchema:
    """Return a bundled schema; nothing is fetched."""
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Bundled())
    return etree.XMLSchema(etree.fromstring((SCHEMAS / name).read_bytes(), parser))


def faults(content: bytes, name: str) -> list[str]:
    """Return what the schema says against a file."""
    checker = schema(name)
    checker.validate(etree.fromstring(content))
    return [f"{entry.line}: {entry.message}" for entry in checker.error_log]
