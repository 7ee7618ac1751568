"""The main job as a person sees it: the page of `mailports demo`, in Chromium, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

pytestmark = pytest.mark.browser

WAIT_S = 15


class Page:
    """The page through the eyes and hands of one person."""

    def __init__(self, driver: webdriver.Chrome, address: str, *, user: str, language: str) -> None:
        self.driver = driver
        driver.get(address)
        self.wait_for('#app[data-ready="true"]')
        self.find(f'[data-testid="lang-{language}"]').click()
        switch = self.find('[data-testid="user-switch"]')
        select = switch if switch.tag_name == "select" else switch.find_element(By.TAG_NAME, "select")
        option = next(o for o in Select(select).options if user in o.text)
        Select(select).select_by_visible_text(option.text)
        self.wait_for('#app[data-ready="true"]')

    def find(self, selector: str) -> WebElement:
        """Return the first element of a CSS selector."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def wait_for(self, selector: str) -> WebElement:
        """Wait until an element is there."""
        return WebDriverWait(self.driver, WAIT_S).until(lambda d: d.find_element(By.CSS_SELECTOR, selector))

    def channel(self, name: str) -> None:
        """Open a channel."""
        self.find(f'[data-testid="channel-{name}"]').click()
        self.wait_for('[data-testid="composer"]')

    def write(self, text: str, *, composer: str = "composer") -> None:
        """Type a text and send it with Enter, as a person does."""
        field = self.wait_for(f'[data-testid="{composer}"]')
        field = field if field.tag_name == "textarea" else field.find_element(By.TAG_NAME, "textarea")
        field.send_keys(text)
        field.send_keys(Keys.ENTER)

    def texts(self, selector: str) -> list[str]:
        """Return the text of every element, empty when it went away meanwhile."""
        script = "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText)"
        return list(self.driver.execute_script(script, selector))

    def wait_text(self, selector: str, *wanted: str) -> str:
        """Wait until one element holds every wanted text, and return its text."""

        def seen(_: object) -> str | None:
            return next((t for t in self.texts(selector) if all(w in t for w in wanted)), None)

        try:
            return WebDriverWait(self.driver, WAIT_S).until(seen)
        except TimeoutException:
            raise AssertionError(f"{wanted} not seen; there is: {self.texts(selector)}") from None


BOT_IN_THREAD = '[data-testid="thread"] [data-testid="message"][data-author="mailports"]'
EPHEMERAL = '[data-testid="message"][data-ephemeral="true"]'
IN_MAIN = '.main [data-testid="message"]'


def test_the_main_job_in_japanese(demo: str, browser: webdriver.Chrome, shots: Path) -> None:
    """Xserver in Thunderbird, then on the iPhone, then /mailports 587, and silence about lunch."""
    page = Page(browser, demo, user="田中", language="ja")
    page.channel("helpdesk")
    page.write("@mailports エックスサーバーをThunderbirdで使いたい。ポート番号は？")
    answer = page.wait_text(BOT_IN_THREAD, "993", "995", "465")
    assert "接続の保護" in answer
    assert "sv" in answer
    assert re.search(r"確認日 \d{4}-\d\d-\d\d|\d{4}-\d\d-\d\d時点の資料", answer)
    browser.save_screenshot(str(shots / "ja-thunderbird.png"))
    page.write("じゃあiPhoneだと？", composer="thread-composer")
    follow_up = page.wait_text(BOT_IN_THREAD, "iPhone", "xserver.jp", "993", "SSLを使用")
    assert "Thunderbird" not in follow_up.split("\n")[0]
    browser.save_screenshot(str(shots / "ja-iphone.png"))
    page.write("/mailports 587")
    page.wait_text(EPHEMERAL, "587", "STARTTLS")
    browser.save_screenshot(str(shots / "ja-587.png"))


def test_the_main_job_in_english(demo: str, browser: webdriver.Chrome, shots: Path) -> None:
    """The same road in English, with the English labels of the program."""
    page = Page(browser, demo, user="Alice", language="en")
    page.channel("helpdesk")
    page.write("@mailports How do I set up Xserver in Thunderbird? Which port numbers?")
    answer = page.wait_text(BOT_IN_THREAD, "993", "995", "465", "Connection security")
    assert re.search(r"(?:checked on|as of) \d{4}-\d\d-\d\d", answer.casefold())
    browser.save_screenshot(str(shots / "en-thunderbird.png"))
    page.write("what about iPhone?", composer="thread-composer")
    page.wait_text(BOT_IN_THREAD, "iPhone", "xserver.jp", "Use SSL")
    browser.save_screenshot(str(shots / "en-iphone.png"))
    page.write("/mailports 587")
    page.wait_text(EPHEMERAL, "587", "STARTTLS", "submission")
    browser.save_screenshot(str(shots / "en-587.png"))


def test_small_talk_gets_nothing(demo: str, browser: webdriver.Chrome) -> None:
    """ "lunch at 12?" stays unanswered while a real question asked after it is answered."""
    page = Page(browser, demo, user="Alice", language="en")
    page.channel("helpdesk")
    page.write("lunch at 12?")
    page.wait_text(IN_MAIN, "lunch at 12?")
    page.write("@mailports which port for IMAP?")
    page.wait_text(BOT_IN_THREAD, "993")
    lunch = next(text for text in page.texts(IN_MAIN) if "lunch at 12?" in text)
    assert "repl" not in lunch.casefold()
