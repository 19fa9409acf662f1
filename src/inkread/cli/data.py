"""``inkread data``: list, fetch, check, show and pack data; one file a verb."""

from __future__ import annotations

import click

from inkread.cli.data_check import check_data
from inkread.cli.data_fetch import fetch_data
from inkread.cli.data_list import list_data
from inkread.cli.data_pack import pack_data
from inkread.cli.data_show import show_data


@click.group()
def data() -> None:
    """Fetch the data that training needs, look at it, and check it."""


for verb in (list_data, fetch_data, check_data, show_data, pack_data):
    data.add_command(verb)

command = data
