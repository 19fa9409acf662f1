import numpy as np

from inkread.ink.page_print import Label, Type, choose_type, draw_labels, plain, set_block


def say(rng: np.random.Generator, length: int) -> str:
    return ("printed matter on a sheet " * 10)[:length]


def test_boxes_hold_what_is_printed() -> None:
    canvas = np.zeros((120, 300), np.uint8)
    labels = set_block(
        (20, 10, 280, 110), choose_type(np.random.default_rng(1), 14), say, np.random.default_rng(2)
    )
    boxes = draw_labels(canvas, labels)
    assert len(boxes) == len(labels) >= 3 and canvas.max() > 200
    left = canvas.copy()
    for x0, y0, x1, y1 in boxes:
        assert 18 <= x0 < x1 <= 283
        left[int(y0) : int(np.ceil(y1)) + 1, int(x0) : int(np.ceil(x1)) + 1] = 0
    assert not left.any()


def test_what_lies_outside_the_sheet_is_cut() -> None:
    canvas = np.zeros((30, 60), np.uint8)
    draw_labels(
        canvas, [Label("across the edge", -20, -4, Type("", 16)), Label("far", 500, 500, Type("", 16))]
    )
    assert canvas.any()


def test_accents_come_off() -> None:
    assert plain("Prénom – Größe") == "Prenom  Groe"
