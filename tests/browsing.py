"""What tests in a real browser share: where Chromium is, hostile text, waiting, what was asked of the network."""

import json
import os
import shutil
import time
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
CHROMEDRIVER = shutil.which("chromedriver")
IS_CI = os.environ.get("CI", "").lower() == "true"
HACK = "window.__hacked = 1"
HOSTILE = (
    f"</script><script>{HACK}</script><img src=x onerror='{HACK}'><svg onload='{HACK}'> \u202eevil\u202c \u2028 {{{{7*7}}}} "
    + "<a href='javascript:1'>" * 5
    + "x" * 10_000
)

needs_browser = pytest.mark.skipif(
    not (CHROMIUM and CHROMEDRIVER) and not IS_CI,
    reason="Chromium and chromedriver are not installed (with CI=true this would fail)",
)


def wait(browser: Any, condition: str, *arguments: Any, seconds: float = 10) -> None:
    """Wait until a condition in JavaScript holds."""
    latest = time.monotonic() + seconds
    while not browser.execute_script(condition, *arguments):
        if time.monotonic() > latest:
            pytest.fail(f"still not so after {seconds} s: {condition}")
        time.sleep(0.05)


def painted(browser: Any) -> None:
    """Wait until the browser has painted what the page has asked for."""
    browser.execute_async_script("const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))")


def asked_for(browser: Any) -> list[str]:
    """Give the addresses that were asked for since the last look."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [message["params"]["request"]["url"] for message in messages if message["method"] == "Network.requestWillBeSent"]
