"""Reading the grid pictures as a person does: a cell by its place, all numbers, the sentence."""

from playwright.sync_api import Locator, Page


def grid(page: Page, label: str) -> Locator:
    return page.get_by_role("grid", name=label, exact=True).last


def cell(page: Page, label: str, row: int, column: int) -> Locator:
    """A cell by its row and column, counted from 1; the page counts from 0."""
    return grid(page, label).locator(f"[data-row='{row - 1}'][data-column='{column - 1}']")


def number(page: Page, label: str, row: int, column: int) -> Locator:
    """The number in a cell, without the weight that may stand in its corner."""
    return cell(page, label, row, column).locator(".number")


def written(page: Page) -> Locator:
    return page.locator(".written")


def shown(page: Page, label: str) -> list[list[float]]:
    """The numbers in a grid's cells, without its padding."""
    found: list[list[str]] = grid(page, label).evaluate(
        """(box) => [...box.querySelectorAll(".line")].map((line) =>
          [...line.querySelectorAll(".cell:not(.padding) .number")].map((it) => it.textContent))"""
    )
    return [[float(text.replace("−", "-")) for text in row] for row in found if row]
