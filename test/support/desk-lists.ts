import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { openDatabase } from '../../src/database/open-database.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { checkAccessible } from './axe.ts';
import type { Device } from './gallery-page.ts';
import type { TestInbox } from './test-inbox.ts';

/** How pages are looked at. */
export const LOOKS: [Device, 'light' | 'dark'][] = [
  ['desktop', 'light'],
  ['desktop', 'dark'],
  ['phone', 'light'],
  ['phone', 'dark'],
];

/** axe-core finds nothing, nothing moves that nobody has asked for, and nothing has to be scrolled to the side. */
export async function checkLook(page: Page, what: string): Promise<void> {
  await checkAccessible(page, what);
  const found = await page.evaluate(() => ({
    moving: document.getAnimations().length,
    tooWide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }));
  expect(found, what).toEqual({ moving: 0, tooWide: 0 });
}

/** The row of an entry. */
export function rowOf(page: Page, id: string) {
  return page.locator(`.list-table tr[data-id="${id}"]`);
}

/** Makes a deletion older; the server is started again. */
export async function ageDeletion(inbox: TestInbox, id: string, days: number): Promise<void> {
  await inbox.restart({}, async () => {
    const { dataDir, databaseUrl } = inbox;
    const { prisma, close } = await openDatabase({ dataDir, databaseUrl }, createLogger('silent'));
    const createdAt = new Date(Date.now() - days * 86_400_000);
    await prisma.deletion.update({ where: { id: BigInt(id) }, data: { createdAt } });
    await close();
  });
}
