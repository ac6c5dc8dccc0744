// The parts of a lab by the names that people and screen readers find them by.
import assert from "node:assert/strict";

export function parts(page) {
  const region = name => page.getByRole("region", { name, exact: true });
  const button = name => page.getByRole("button", { name, exact: true });
  /** Waits until the grid's cells read like this, blank ones as "". */
  const reads = async (name, expected) => {
    const text = expected.map(String).join();
    await page.waitForFunction(([name, text]) => {
      const grid = document.querySelector(`[role=grid][aria-label="${name}"]`);
      return grid && [...grid.querySelectorAll("[role=gridcell]")].map(cell => cell.textContent).join() === text;
    }, [name, text]).catch(async error => {
      assert.deepEqual(await page.getByRole("grid", { name, exact: true }).getByRole("gridcell").allTextContents(), expected.map(String));
      throw error;
    });
  };
  const sums = expected => page.waitForFunction(
    text => document.querySelector("[aria-label=Arithmetic] [aria-live]")?.textContent === text, expected,
  ).catch(async error => {
    assert.equal(await region("Arithmetic").locator("[aria-live]").textContent(), expected);
    throw error;
  });
  const hash = expected => page.waitForFunction(hash => location.hash === hash, expected)
    .catch(async error => { assert.equal(await page.evaluate(() => location.hash), expected); throw error; });
  const ring = name => page.locator(`[role=grid][aria-label="${name}"] .pad`).allTextContents();
  return { region, button, reads, sums, hash, ring };
}
