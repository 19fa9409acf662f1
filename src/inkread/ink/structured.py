"""Lines that are no sentences: dates, times, amounts, names, addresses, codes, lists, equations.

Every character of the reader's alphabet comes out of here now and then, so that no class starves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from inkread.alphabet import READER_ALPHABET
from inkread.ink.vocabulary import (
    ABBREVIATIONS,
    CAPITAL_WORDS,
    DAYS,
    DOMAINS,
    FAMILY,
    FRENCH_STREETS,
    GERMAN_STREETS,
    GIVEN,
    MONTHS,
    STREETS,
    TITLES,
    TOWNS,
    WORDS,
)

Random = np.random.Generator

# Lists of forms are plainest as they stand.
# fmt: off


def _one(rng: Random, items: Sequence[str]) -> str:
    return items[int(rng.integers(len(items)))]


def _int(rng: Random, low: int, high: int) -> int:
    """Return a number from ``low`` to ``high``, both included."""
    return int(rng.integers(low, high + 1))


def _digits(rng: Random, count: int) -> str:
    return "".join(map(str, rng.integers(0, 10, count).tolist()))


def _year(rng: Random) -> int:
    return _int(rng, 1900, 2030) if rng.random() < 0.8 else _int(rng, 1000, 2100)


def _date(rng: Random) -> str:
    day, month, year = _int(rng, 1, 31), _int(rng, 1, 12), _year(rng)
    kind = _int(rng, 0, 11)
    if kind < 4:
        mark = _one(rng, "/.-/")
        short = f"{year % 100:02d}" if rng.random() < 0.4 else str(year)
        first, second = (f"{day:02d}", f"{month:02d}") if rng.random() < 0.6 else (str(day), str(month))
        return f"{first}{mark}{second}{mark}{short}"
    if kind == 4:
        return f"{year}-{month:02d}-{day:02d}"
    language = _one(rng, ("en", "en", "fr", "de"))
    name = _one(rng, MONTHS[language])
    if language == "de":
        return f"{day}. {name} {year}"
    if language == "fr":
        return _one(
            rng, (f"{day} {name} {year}", f"le {day} {name} {year}", f"1er {name} {year}", f"{name} {year}")
        )
    suffix = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}.get(day, "th")
    forms = (f"{name} {day}, {year}", f"{day} {name} {year}", f"{day}{suffix} {name} {year}",
            f"{name} {day}{suffix}",
             f"{_one(rng, DAYS)} {day} {name}", f"{name} {year}", f"{_one(rng, DAYS)}, {name} {day}")
    return _one(rng, forms)


def _time(rng: Random) -> str:
    hour, minute = _int(rng, 0, 23), _int(rng, 0, 59)
    forms = (f"{hour}:{minute:02d}", f"{hour:02d}:{minute:02d}", f"{hour % 12 + 1} a.m.",
            f"{hour % 12 + 1}:{minute:02d} pm",
             f"{hour}h{minute:02d}", f"{hour} h {minute:02d}", f"{hour}.{minute:02d} Uhr",
             f"{hour}:{minute:02d}:{_int(rng, 0, 59):02d}",
             f"{hour % 12 + 1} o'clock", f"{hour}h - {_int(rng, 0, 23)}h")
    return _one(rng, forms)


def _number(rng: Random) -> str:
    value = int(10 ** rng.uniform(0.8, 7.0))
    kind = _int(rng, 0, 5)
    if kind == 0:
        return f"{value:,}"
    if kind == 1:
        return f"{value:,}".replace(",", " ")
    if kind == 2:
        return f"{value:,}".replace(",", ".")
    if kind == 3:
        return f"{value % 1000}.{_digits(rng, _int(rng, 1, 3))}"
    if kind == 4:
        return f"{value % 1000},{_digits(rng, _int(rng, 1, 2))}"
    return str(value)


def _amount(rng: Random) -> str:
    exact = f"{_int(rng, 0, 999)}{_one(rng, '.,')}{_digits(rng, 2)}"
    number = _number(rng) if rng.random() < 0.4 else exact
    forms = (f"${number}", f"£{number}", f"€{number}", f"{number} €", f"{number}€", f"$ {number}",
            f"{number} $", f"{number} F",
             f"£{_int(rng, 1, 99)} {_int(rng, 1, 19)}s. {_int(rng, 1, 11)}d.", f"{number} %",
             f"{number}%", f"-{number}", f"+{number}",
             f"{_int(rng, 2, 99)}c", f"{_int(rng, 1, 20)}½", f"{_int(rng, 1, 40)} ½ lb")
    return _one(rng, forms)


def _phone(rng: Random) -> str:
    two = [_digits(rng, 2) for _ in range(5)]
    forms = (" ".join(two), ".".join(two), f"+44 {_digits(rng, 4)} {_digits(rng, 6)}",
            f"({_digits(rng, 3)}) {_digits(rng, 3)}-{_digits(rng, 4)}",
             f"{_digits(rng, 3)}-{_digits(rng, 3)}-{_digits(rng, 4)}",
             f"+33 {_int(rng, 1, 9)} {' '.join(two[:4])}",
             f"0{_digits(rng, 3)}/{_digits(rng, 6)}", f"Tel. {_digits(rng, 5)} {_digits(rng, 6)}",
             f"Tél. : {' '.join(two)}",
             f"+1 {_digits(rng, 3)} {_digits(rng, 3)} {_digits(rng, 4)}", f"ext. {_digits(rng, 4)}")
    return _one(rng, forms)


def _letters(rng: Random, count: int, pool: str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ") -> str:
    return "".join(_one(rng, pool) for _ in range(count))


def _postcode(rng: Random) -> str:
    forms = (_digits(rng, 5), f"{_letters(rng, 2)}{_int(rng, 1, 20)} {_int(rng, 1, 9)}{_letters(rng, 2)}",
             "{0}{3}{1} {4}{2}{5}".format(*_letters(rng, 3), *_digits(rng, 3)),
             f"{_digits(rng, 5)}-{_digits(rng, 4)}", f"F-{_digits(rng, 5)}", f"D-{_digits(rng, 5)}")
    return _one(rng, forms)


def _address(rng: Random) -> str:
    number, kind = _int(rng, 1, 250), _int(rng, 0, 4)
    if kind == 0:
        street = f"{number} {_one(rng, STREETS)}"
    elif kind == 1:
        street = f"{number}{_one(rng, (', ', ' ', ' bis, '))}{_one(rng, FRENCH_STREETS)}"
    elif kind == 2:
        street = f"{_one(rng, GERMAN_STREETS)} {number}{_one(rng, ('', 'a', 'b'))}"
    elif kind == 3:
        return f"{_postcode(rng)} {_one(rng, TOWNS)}"
    else:
        return _one(
            rng,
            (
                f"P.O. Box {number}",
                f"Flat {number % 40}, {number} {_one(rng, STREETS)}",
                f"Apt. {number}",
                f"c/o {_name(rng)}",
            ),
        )
    return street if rng.random() < 0.5 else f"{street}, {_postcode(rng)} {_one(rng, TOWNS)}"


def _name(rng: Random) -> str:
    given, family = _one(rng, GIVEN), _one(rng, FAMILY)
    initial = f"{_letters(rng, 1)}."
    forms = (f"{given} {family}", f"{_one(rng, TITLES)} {family}", f"{initial} {family}",
            f"{initial}{_letters(rng, 1)}. {family}",
             f"{given} {initial} {family}", f"{family}, {given}", f"{_one(rng, TITLES)} {given} {family}",
             f"{given}-{_one(rng, GIVEN)} {family}",
             f"{family.upper()} {given}", f"Dear {given},", f"{given} & {_one(rng, GIVEN)}",
             f"{family}'s", f"{initial[0]}. {_letters(rng, 1)}. {_letters(rng, 1)}.")
    return _one(rng, forms)


def _network(rng: Random) -> str:
    name, site = _one(rng, GIVEN).lower(), _one(rng, DOMAINS)
    forms = (f"{name}@{site}",
            f"{name}.{_one(rng, FAMILY).lower().replace(' ', '_')}{_int(rng, 1, 99)}@{site}", f"www.{site}",
             f"https://{site}/{_one(rng, WORDS)}",
             f"http://www.{site}/~{name}?id={_int(rng, 1, 999)}&p={_int(rng, 1, 9)}", f"#{name}",
             f"@{name}_{_int(rng, 1, 99)}",
             f"C:\\{name}\\{_one(rng, WORDS)}.txt", f"/home/{name}", f"{name}@{site}")
    return _one(rng, forms)


def _code(rng: Random) -> str:
    kind = _int(rng, 0, 6)
    if kind == 0:
        return f"{_letters(rng, _int(rng, 1, 3))}-{_digits(rng, _int(rng, 2, 5))}"
    if kind == 1:
        return f"{_letters(rng, 2)}{_digits(rng, 3)}{_letters(rng, 2)}"
    if kind == 2:
        return _letters(rng, _int(rng, 4, 9), "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789")
    if kind == 3:
        marks = ("No. ", "n° ", "Ref: ", "Réf. ", "#", "ID ", "Nr. ", "§ ", "§§ ")
        return _one(rng, marks) + _digits(rng, _int(rng, 1, 6))
    if kind == 4:
        return f"{_digits(rng, _int(rng, 1, 4))}/{_digits(rng, _int(rng, 1, 4))}"
    if kind == 5:
        return "".join(_one(rng, tuple(READER_ALPHABET)) for _ in range(_int(rng, 3, 8))).strip() or "x"
    return _letters(rng, _int(rng, 4, 10), "abcdefghijklmnopqrstuvwxyz0123456789!#$%&*+-=?@^_~|\\/<>[]{}")


def _equation(rng: Random) -> str:
    a, b, c = _int(rng, 1, 99), _int(rng, 1, 99), _int(rng, 2, 12)
    x = _one(rng, "xyzabnt")
    forms = (f"{a} + {b} = {a + b}", f"{a} - {b} = {a - b}", f"{a} × {c} = {a * c}", f"{a}*{c}={a * c}",
            f"{a} / {c}", f"{c}{x} + {a} = {b}",
             f"{x}^2 + {c}{x} = {a}", f"f({x}) = {c}{x} - {a}", f"{x} < {a}", f"{x} > {b}",
             f"{a} ≈ {b}".replace("≈", "~"), f"|{x}| <= {a}",
             f"{x}[{c}] = {a}", f"{{{a}, {b}, {c}}}", f"({a} + {b}) / {c}", f"y = {c}·{x}",
             f"{a}° {b % 60}'", f"{a} °C", f"{a}·{b}", f"{a} × {b} cm",
             f"{a}:{b}", f"{c}½", f"±{a}".replace("±", "+/-"), f"~{a} km", f"{a}/{c + b}")
    return _one(rng, forms)


def _entry(rng: Random) -> str:
    number, words = _int(rng, 1, 20), " ".join(_one(rng, WORDS) for _ in range(_int(rng, 1, 4)))
    mark = _one(
        rng,
        (
            "- ",
            "* ",
            "· ",
            "– ",
            "+ ",
            f"{number}) ",
            f"{number}. ",
            f"({number}) ",
            f"{_letters(rng, 1, 'abcdef')}) ",
            "[ ] ",
            "[x] ",
            "-> ",
            "=> ",
            "§ ",
            "° ",
        ),
    )
    tail = _one(
        rng,
        (
            "",
            "",
            "",
            f" x{number}",
            f" ({number})",
            f": {number}",
            f" {_amount(rng)}",
            " !",
            " ?",
            ";",
            " ...",
            "…",
        ),
    )
    return f"{mark}{words}{tail}"


def _heading(rng: Random) -> str:
    return " ".join(_one(rng, CAPITAL_WORDS) for _ in range(_int(rng, 1, 4)))


def _quoted(rng: Random) -> str:
    words = " ".join(_one(rng, WORDS) for _ in range(_int(rng, 1, 3)))
    forms = ("« {} »", "“{}”", '"{}"', "‘{}’", "'{}'", "({})", "[{}]", "« {} »,", "«{}»", "{}’s", "– {}",
            "— {} —", "{}…", "{}?!", "{}!!", "<{}>", "{}:", "{};", "_{}_", "`{}`", "{}^", "{{{}}}")
    return _one(rng, forms).format(words)


def _short(rng: Random) -> str:
    return " ".join(_one(rng, ABBREVIATIONS) for _ in range(_int(rng, 1, 3)))


def _words(rng: Random) -> str:
    return " ".join(_one(rng, WORDS) for _ in range(_int(rng, 1, 5)))


_MAKERS: tuple[tuple[float, Callable[[Random], str]], ...] = (
    (0.13, _date), (0.05, _time), (0.06, _number), (0.11, _amount), (0.06, _phone), (0.04, _postcode),
            (0.09, _address),
    (0.14, _name), (0.05, _network), (0.07, _code), (0.05, _equation), (0.05, _entry), (0.03, _heading),
            (0.03, _quoted),
    (0.02, _short), (0.02, _words),
)
_EDGES = np.cumsum([share for share, _ in _MAKERS])


def structured(rng: Random) -> str:
    """Return something that is no sentence, in characters of the reader's alphabet."""
    place = int(np.searchsorted(_EDGES, rng.random() * _EDGES[-1]))
    text = _MAKERS[min(place, len(_MAKERS) - 1)][1](rng)
    return "".join(character for character in text if character in READER_ALPHABET).strip() or "1"
