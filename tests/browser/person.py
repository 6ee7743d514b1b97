"""One user at one screen, as the browser tests drive them."""

from urllib.parse import urlsplit

from playwright.sync_api import expect

PASSWORD = "zhengque-mima-1"

# A link or a button that brings another page: not one of htmx's, and not one whose form the browser itself refuses.
LEAVES = """one => {
  if (one.matches("a[href]")) return !one.hasAttribute("hx-get") && !one.hasAttribute("download");
  const form = one.form;
  if (one.type !== "submit" || one.disabled || !form) return false;
  if (form.hasAttribute("hx-post") && !form.hasAttribute("hx-trigger")) return false;
  return form.noValidate || one.formNoValidate || form.checkValidity();
}"""

# A selector, not a function: the page's own policy lets nothing be evaluated again and again.
ANOTHER_PAGE = "html:not([data-before])"


class Person:
    """One user at one screen; every page that comes must be whole: no script error, nothing wider than the screen."""

    def __init__(self, context, base, number):
        context.set_default_timeout(10_000)
        self.page, self.base, self.number = context.new_page(), base, number
        self.page.on("console", lambda message: self._complain(message))
        self.page.on("dialog", lambda dialog: self._answer(dialog))
        self.complaints, self.questions, self.agrees = [], [], True

    def _complain(self, message):
        if message.type == "error" and "status of 4" not in message.text:
            self.complaints.append(message.text)

    def _answer(self, dialog):
        self.questions.append(dialog.message)
        dialog.accept() if self.agrees else dialog.dismiss()

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
        self.follow(target.first)

    def follow(self, target):
        """Presses it; if it brings another page, that page is waited for: what is pressed next is pressed on it."""
        leaves = target.evaluate(LEAVES) and self.agrees
        self.page.evaluate("document.documentElement.dataset.before = 'yes'")
        target.click()
        if leaves:
            self.page.wait_for_selector(ANOTHER_PAGE, state="attached")
        self.page.wait_for_load_state()
        self._look()

    def reads(self, text):
        expect(self.page.locator("body")).to_contain_text(text)

    def lacks(self, text):
        expect(self.page.locator("body")).not_to_contain_text(text)

    def _look(self):
        wide = self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, f"{self.page.url} is wider than the screen"
        assert self.complaints == []

    @property
    def path(self):
        return urlsplit(self.page.url).path
