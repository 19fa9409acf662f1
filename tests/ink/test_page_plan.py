import numpy as np
import pytest

from inkread.ink.page_plan import Manner, Plan, Style, block, choose_manner
from inkread.ink.page_styles import LAYOUTS, columns, margins
from tests.page_hand import Bars

BOX = (20.0, 20.0, 380.0, 480.0)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def lend(_: np.random.Generator, x_height: float) -> Bars:
    return Bars(x_height)


def filled(style: Style, seed: int = 1) -> Plan:
    plan = Plan(500, 400, manner=Manner())
    plan.begin(Bars(), 0)
    block(plan, BOX, Bars(), style, rng(seed))
    return plan


def test_a_block_fills_its_box_from_the_top() -> None:
    plan = filled(Style(pitch=3.0, end=0.0))
    feet = [float(put.laid.baseline[:, 1].mean()) for put in plan.puts]
    assert len(feet) == pytest.approx(460 / 30, abs=2) and feet == sorted(feet)
    outlines = np.concatenate([put.laid.outline for put in plan.puts])
    assert (outlines.min(axis=0) > 14).all() and (outlines.max(axis=0) < (388, 488)).all()
    assert plan.pitch == pytest.approx(30.0)


def test_crossed_out_words_are_not_in_the_text() -> None:
    plain, crossed = filled(Style(end=0.0)), filled(Style(end=0.0, crossed=1.0))
    assert all(put.crossed and "crossed" in crossed.traits for put in crossed.puts)
    assert all(len(put.text.split()) < len(plain.puts[0].text.split()) for put in crossed.puts)
    ink = [sum(int(put.laid.coverage.sum()) for put in plan.puts) for plan in (plain, crossed)]
    assert ink[1] > ink[0], "the strokes of the words stay, others come"


def test_ragged_words_lie_farther_apart() -> None:
    style = Style(end=1.0, ragged=1.0)
    for put in filled(style, 4).puts:
        assert put.text.split() == [f"w{number}" for number in range(len(put.text.split()))]
    widths = [np.ptp(put.laid.baseline[:, 0]) for plan in (filled(Style(end=1.0), 4), filled(style, 4))
              for put in plan.puts if len(put.text.split()) > 2]  # fmt: skip
    assert max(widths) > 200


def test_an_insertion_stands_above_its_line_and_is_read_before_it() -> None:
    plan = filled(Style(pitch=4.0, end=0.0, insertion=1.0))
    kinds = [put.kind for put in plan.puts]
    first = kinds.index("insertion")
    assert kinds[first + 1] == "body"
    above, line = plan.puts[first], plan.puts[first + 1]
    assert above.laid.baseline[:, 1].mean() < line.laid.baseline[:, 1].mean() - 8


def test_columns_are_read_one_after_the_other() -> None:
    for seed in range(6):
        plan = Plan(500, 700)
        columns(plan, (20, 20, 680, 480), lend, 9.0, rng(seed))
        body = [put for put in plan.puts if put.kind == "body"]
        lefts = [float(put.laid.outline[:, 0].min()) for put in body]
        regions = [put.region for put in body]
        assert regions == sorted(regions) and len(set(regions)) >= 2
        starts = [min(left for left, of in zip(lefts, regions, strict=True) if of == region)
                  for region in sorted(set(regions))]  # fmt: skip
        assert starts == sorted(starts)


def test_notes_in_the_margin_are_read_after_the_body_and_lie_beside_it() -> None:
    plan = Plan(900, 700)
    margins(plan, (20, 20, 680, 880), lend, 10.0, rng(3))
    kinds = [put.kind for put in plan.puts]
    assert "margin" in kinds and "body" not in kinds[kinds.index("margin") :]
    sides = {kind: [p.laid.outline[:, 0] for p in plan.puts if (p.kind == "margin") == (kind == "margin")]
             for kind in ("margin", "rest")}  # fmt: skip
    notes, rest = (np.concatenate(sides[kind]) for kind in ("margin", "rest"))
    assert notes.max() < rest.min() or rest.max() < notes.min()


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_no_layout_writes_outside_the_sheet(name: str) -> None:
    for seed in range(4):
        plan = Plan(600, 450, manner=choose_manner(rng(seed), set()))
        LAYOUTS[name][1](plan, (20, 20, 430, 580), lend, 8.0, rng(seed))
        assert plan.puts
        outlines = np.concatenate([put.laid.outline for put in plan.puts])
        assert (outlines.min(axis=0) >= -2).all() and (outlines.max(axis=0) <= (452, 602)).all()
