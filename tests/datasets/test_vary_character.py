import cv2
import numpy as np

from inkread.datasets.vary_character import vary


def test_a_variant_is_a_function_of_the_random_state_and_leaves_its_source() -> None:
    image = np.full((32, 32), 255, np.uint8)
    cv2.line(image, (8, 4), (24, 28), 0, 3, cv2.LINE_AA)
    before = image.copy()
    variants = [vary(image, np.random.default_rng(seed)) for seed in range(60)]
    np.testing.assert_array_equal(image, before)
    np.testing.assert_array_equal(variants[7], vary(image, np.random.default_rng(7)))
    assert all(variant.shape == (32, 32) and variant.dtype == np.uint8 for variant in variants)
    assert len({variant.tobytes() for variant in variants}) > 45
    assert any((variant == image).all() for variant in variants)


def test_a_variant_keeps_its_ink() -> None:
    image = np.full((32, 32), 255, np.uint8)
    cv2.circle(image, (16, 16), 11, 0, 3, cv2.LINE_AA)
    ink = (255 - image).mean()
    shares = [(255 - vary(image, np.random.default_rng(seed))).mean() / ink for seed in range(60)]
    assert min(shares) > 0.5 and max(shares) < 1.8 and abs(np.mean(shares) - 1) < 0.25
