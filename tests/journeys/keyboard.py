"""Somebody who uses the keyboard alone: Tab to get there, Space and arrows to choose, Enter to go on."""

from tests.journeys.social_worker import SocialWorker

FOCUSED = """
() => {
  const here = document.activeElement;
  const words = here.closest(".option, .field")?.innerText || here.innerText || here.value || "";
  return words.replace(/\\s+/g, " ").trim();
}
"""
FARTHEST = 150


class KeyboardUser(SocialWorker):
    """A social worker without a mouse."""

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def focused(self) -> str:
        """Return what the element in focus is called."""
        words: str = self.page.evaluate(FOCUSED)
        return words

    def tabs_to(self, *names: str) -> str:
        """Press Tab until something of one of these names has the focus; return what it is called."""
        for _ in range(FARTHEST):
            self.press("Tab")
            if any(name in self.focused() for name in names):
                return self.focused()
        raise AssertionError(f"the keyboard does not reach {names}")

    def ticks(self, name: str) -> None:
        """Tick a check box."""
        self.tabs_to(name)
        self.press("Space")

    def selects(self, name: str, first: str = "") -> None:
        """Select a radio button: Tab reaches its group, which begins with ``first``, and arrows go on from there."""
        found = self.tabs_to(first or name, name)
        self.press("Space")
        for _ in range(FARTHEST):
            if name in found:
                return
            self.press("ArrowDown")
            found = self.focused()
        raise AssertionError(f"arrows do not reach {name}")

    def goes_on(self, button: str) -> None:
        """Press a button and wait for the page that follows."""
        self.tabs_to(button)
        with self.page.expect_navigation():
            self.press("Enter")
