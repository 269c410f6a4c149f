"""A finger on a phone's screen, as the browser's own protocol moves it."""

from playwright.sync_api import Locator, Page


def sign(page: Page, canvas: Locator) -> None:
    """Draw a wavy name with one finger."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    touch = page.context.new_cdp_session(page)
    middle, left, step = box["y"] + box["height"] / 2, box["x"] + 30, (box["width"] - 60) / 12
    points = [{"x": left + step * number, "y": middle + (18 if number % 2 else -18)} for number in range(13)]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [points[0]]})
    for point in points[1:]:
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    touch.detach()
