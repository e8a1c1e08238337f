"""What a viewer does before the page is connected is not lost: nothing can be done yet."""

from __future__ import annotations

from playwright.sync_api import Page, expect

SEARCH = "Find an order by its reference"


def test_nothing_can_be_clicked_or_typed_before_the_page_is_connected(page: Page) -> None:
    page.route_web_socket("**/_nicegui_ws/**", lambda _: None)
    page.goto("/try")
    content = page.locator("div.page")
    expect(content).to_have_attribute("inert", "")
    expect(page.locator("header")).to_have_attribute("inert", "")
    for each in (page.get_by_label(SEARCH), content.locator("button").filter(has_text="Place the order")):
        assert each.evaluate("each => { each.focus(); return document.activeElement !== each; }")


def test_the_page_can_be_used_as_soon_as_it_is_connected(page: Page) -> None:
    page.goto("/try")
    expect(page.get_by_role("button", name="Place the order and watch it")).to_be_visible()
    page.get_by_label(SEARCH).fill("nothing-has-this-reference")
    page.get_by_label(SEARCH).press("Enter")
    page.wait_for_url("**/find?text=nothing-has-this-reference")
