"""Chromium for tests (`pytest_plugins = ["browser_fixtures"]`): one for a module, or more as they are started."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from browsing import CHROMEDRIVER, CHROMIUM


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """Give a function that starts a browser; all end with the module."""
    from selenium import webdriver

    assert CHROMIUM, "CI=true, but there is no Chromium"
    assert CHROMEDRIVER, "CI=true, but there is no chromedriver"
    started = []

    def start_browser(width: int = 1400, height: int = 900, scheme: str = "light") -> Any:
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        switches = ["headless=new", "no-sandbox", "disable-gpu", "no-first-run", "disable-dev-shm-usage", "hide-scrollbars"]
        switches += ["disable-background-networking", "disable-component-update", "disable-sync"]
        switches += [f"user-data-dir={tmp_path_factory.mktemp('chromium')}", f"window-size={width},{height}"]
        for switch in switches:
            options.add_argument(f"--{switch}")
        downloads = tmp_path_factory.mktemp("downloads")
        options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(CHROMEDRIVER))
        started.append(browser)
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        features = [{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        browser.downloads = downloads  # type: ignore[attr-defined]
        return browser

    yield start_browser
    for browser in started:
        browser.quit()


@pytest.fixture(scope="module")
def browser(start: Callable[..., Any]) -> Any:
    return start()
