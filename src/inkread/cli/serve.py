"""``inkread serve``: the web API and its page."""

from __future__ import annotations

from pathlib import Path

import click

from inkread.errors import ConfigError

_ENVIRONMENT = "INKREAD"


@click.command(
    "serve",
    context_settings={
        "help_option_names": ["-h", "--help"],
        "auto_envvar_prefix": _ENVIRONMENT,
        "show_default": True,
    },
)
@click.option("--host", default="127.0.0.1", help="Address to listen on; 0.0.0.0 for all of this computer's.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000)
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that read.  [default: one a core]")
@click.option(
    "--threads",
    type=click.IntRange(1, 1000),
    default=32,
    help="Requests that a worker holds, one being read and the others waiting; more are told to come back.",
)
@click.option("--language", type=click.Choice(["auto", "en", "fr", "none"]), default="auto")
@click.option(
    "--model",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="ONNX",
    help="A line recogniser's bundle to use instead of the one that comes with inkread.",
)
@click.option("--max-megabytes", type=click.IntRange(1, 1024), default=32, help="Size of one request.")
@click.option("--max-pages", type=click.IntRange(1, 10_000), default=100, help="Pages of one file.")
@click.option(  # no more than images.open.MOST_PIXELS, which is not imported for a number
    "--max-pixels", type=click.IntRange(1_000, 178_956_970), default=64_000_000, help="Pixels of one page."
)
@click.option("--seconds", type=click.FloatRange(1.0), default=300.0, help="Longest time of one request.")
@click.option("--grace", type=click.IntRange(1), default=30, help="Seconds to finish requests at a stop.")
@click.option(
    "--rate",
    default="600/minute",
    help='Requests that one client may make of one worker, such as 10/second; "none" for any number.',
)
@click.option("--proxies", type=click.IntRange(0), default=0, help="Proxies in front, to be believed.")
@click.option("--cors", multiple=True, metavar="ORIGIN", help='Origins whose pages may call; "*" for all.')
@click.option(
    "--image-url/--no-image-url",
    default=True,
    help="Fetch images from public addresses for clients, or never.",
)
@click.option(
    "--image-url-allow",
    multiple=True,
    metavar="HOST|NETWORK",
    help="Fetch from this host, address or network although it is not public.",
)
@click.option(
    "--collect",
    type=click.Path(path_type=Path, file_okay=False, resolve_path=True),
    metavar="FOLDER",
    help="Keep what people correct on the page here, as training data; without it nothing is kept.",
)
@click.option(
    "--collect-host",
    multiple=True,
    metavar="NAME",
    help="Take corrections also where the address in the browser has this name or number.",
)
@click.option("--collect-megabytes", type=click.IntRange(1), default=1024, help="Size of that folder.")
def command(
    host: str,
    port: int,
    workers: int | None,
    threads: int,
    language: str,
    model: Path | None,
    max_megabytes: int,
    max_pages: int,
    max_pixels: int,
    seconds: float,
    grace: int,
    rate: str,
    proxies: int,
    cors: tuple[str, ...],
    image_url: bool,
    image_url_allow: tuple[str, ...],
    collect: Path | None,
    collect_host: tuple[str, ...],
    collect_megabytes: int,
) -> None:
    """Serve the page and the API: http://127.0.0.1:8000/ and /docs.

    Every option can be given as an environment variable, such as INKREAD_PORT=8080.
    """
    try:
        from inkread.server.addresses import Guard
        from inkread.server.run import serve
        from inkread.server.settings import Settings
    except ImportError as error:
        raise ConfigError(
            f"The server's packages are missing ({error.name}); "
            "on Linux or macOS, run: pip install 'inkread[server]'."
        ) from None
    from inkread.runtime.cores import available_cores

    cores = available_cores()
    workers = workers or cores
    Guard.parse(image_url_allow)
    if collect is not None:
        try:
            collect.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"The folder {collect} cannot be made ({error.strerror}); name another."
            ) from None
    settings = Settings(
        language=language,
        model=model,
        cores=max(1, cores // workers),
        held=threads,
        seconds=seconds,
        max_bytes=max_megabytes * 2**20,
        max_pixels=max_pixels,
        max_pages=max_pages,
        rate="" if rate == "none" else rate,
        proxies=proxies,
        cors=cors,
        image_url=image_url,
        image_url_allow=image_url_allow,
        collect=collect,
        collect_hosts=(host, *collect_host),
        collect_bytes=collect_megabytes * 2**20,
    )
    serve(settings, host, port, workers, grace)
