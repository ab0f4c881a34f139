import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/**
 * Fails when axe-core finds a violation in what the page shows.
 *
 * @param what is shown, for the message
 */
export async function checkAccessible(page: Page, what: string): Promise<void> {
  // The policy of the page allows no such script; this does not ask it.
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      resultTypes: ['violations'],
    });
    return violations.map(({ id, help, nodes }) => {
      const places = nodes.map(({ html, failureSummary }) => `${html}: ${failureSummary}`);
      return `${id}: ${help}\n${places.slice(0, 5).join('\n')}`;
    });
  });
  expect(found, what).toEqual([]);
}
