"""Chromium for tests (`pytest_plugins = ["browser_fixtures"]`): one for all, which each test finds as it was at first."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from browsing import CHROMEDRIVER, CHROMIUM


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Give the one browser of the run; use `browser` or `seen`."""
    from selenium import webdriver

    assert CHROMIUM, "CI=true, but there is no Chromium"
    assert CHROMEDRIVER, "CI=true, but there is no chromedriver"
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    switches = ["headless=new", "no-sandbox", "disable-gpu", "no-first-run", "disable-dev-shm-usage", "hide-scrollbars"]
    switches += ["disable-background-networking", "disable-component-update", "disable-sync"]
    switches += [f"user-data-dir={tmp_path_factory.mktemp('chromium')}", "window-size=1400,900"]
    for switch in switches:
        options.add_argument(f"--{switch}")
    downloads = tmp_path_factory.mktemp("downloads")
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(CHROMEDRIVER))
    browser.downloads = downloads  # type: ignore[attr-defined]
    yield browser
    browser.quit()


@pytest.fixture
def seen(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Give a function that gives the browser, with a screen of this size and in these colours.

    What pages kept in it goes with the test.
    """

    def look(width: int = 1400, height: int = 900, scheme: str = "light") -> Any:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        features = [{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}]
        chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        return chromium

    yield look
    if chromium.current_url.startswith(("file:", "http:")):
        chromium.execute_script("try { localStorage.clear(); } catch (error) { /* a page that may keep nothing */ }")
    chromium.get("about:blank")
    for file in chromium.downloads.iterdir():
        file.unlink()


@pytest.fixture
def browser(seen: Callable[..., Any]) -> Any:
    """Give the browser, with a large screen and light colours."""
    return seen()
