"""One user at one screen, as the browser tests drive them."""

from urllib.parse import urlsplit

from playwright.sync_api import expect

PASSWORD = "zhengque-mima-1"


class Person:
    """One user at one screen; every page that comes must be whole: no script error, nothing wider than the screen."""

    def __init__(self, context, base, number):
        context.set_default_timeout(10_000)
        self.page, self.base, self.number = context.new_page(), base, number
        self.page.on("console", lambda message: self._complain(message))
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.complaints = []

    def _complain(self, message):
        if message.type == "error" and "status of 4" not in message.text:
            self.complaints.append(message.text)

    def log_in(self):
        self.page.context.clear_cookies()
        self.open("/login/")
        self.page.get_by_label("学工号").fill(self.number)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.press("登录")

    def open(self, path):
        self.page.goto(self.base + path)
        self._look()

    def press(self, name, exact=True):
        """A button or a link by its words; the page that follows is looked at."""
        target = self.page.get_by_role("button", name=name, exact=exact).or_(
            self.page.get_by_role("link", name=name, exact=exact)
        )
        target.first.click()
        self.page.wait_for_load_state()
        self._look()

    def reads(self, text):
        expect(self.page.locator("body")).to_contain_text(text)

    def _look(self):
        wide = self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, f"{self.page.url} is wider than the screen"
        assert self.complaints == []

    @property
    def path(self):
        return urlsplit(self.page.url).path
