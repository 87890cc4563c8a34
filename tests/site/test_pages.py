"""Every page of the documentation, and the HTML report, in a real browser."""

import pytest

from tests.site.conftest import ROOT

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
REPORT = ROOT / "results" / "chung2014" / "report.html"


def check(page, url):
    """Loads a page, and looks at it as wide as a desk and as narrow as a phone."""
    page.set_viewport_size(DESKTOP)
    page.goto(url, wait_until="load")
    assert page.complaints == [], url
    assert page.locator("h1").count() == 1, url
    for image in page.locator("img").all():
        assert image.get_attribute("alt"), url
        assert image.evaluate("image => image.naturalWidth") > 0, url
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], url


def test_every_page_of_the_site(page, site, address):
    pages = sorted(site.rglob("index.html"))
    assert len(pages) > 10
    for path in pages:
        check(page, f"{address}/{path.parent.relative_to(site).as_posix()}/")


def test_the_report(page):
    check(page, REPORT.as_uri())


def test_a_lost_picture_is_noticed(page, tmp_path):
    broken = tmp_path / "page.html"
    broken.write_text('<h1>Page</h1><img src="nowhere.png" alt="nothing">')
    with pytest.raises(AssertionError):
        check(page, broken.as_uri())


def test_equations_are_shown(page, address):
    page.goto(f"{address}/api/layers/")
    sizes = page.eval_on_selector_all(
        "math[display=block]", "all => all.map(x => x.getBoundingClientRect().height)"
    )
    assert len(sizes) >= 3
    assert all(size > 10 for size in sizes)
    # Several lines below each other.
    assert max(sizes) > 80


def test_search_finds_a_layer(page, address):
    page.set_viewport_size(DESKTOP)
    page.goto(address)
    search = page.locator("input.md-search__input")
    search.click()
    search.press_sequentially("PeepholeLSTM")
    found = page.locator(".md-search-result__link", has_text="PeepholeLSTM")
    found.first.wait_for()


def test_audio_plays(page, site, address):
    pages = [
        path for path in site.rglob("index.html") if "<audio" in path.read_text("utf-8")
    ]
    assert pages
    for path in pages:
        page.goto(f"{address}/{path.parent.relative_to(site).as_posix()}/")
        for player in page.locator("audio").all():
            player.evaluate("player => player.play()")
            page.wait_for_function(
                "player => player.currentTime > 0.1", arg=player.element_handle()
            )
            player.evaluate("player => player.pause()")
