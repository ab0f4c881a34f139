import type { Page } from 'playwright-core';
import type { Moderator } from './desk-page.ts';

/** What the page shows of the bulk acts that it follows. */
export function followedAct(page: Page) {
  return page.getByRole('region', { name: 'Bulk acts' });
}

/** How many attachments have a moderation state. */
export async function countOf({ call }: Moderator, moderation: string): Promise<number> {
  const filter = { moderation };
  const request = { action: 'delete', filter, dryRun: true };
  const { body } = await call('post', '/api/v1/bulk').send(request).expect(200);
  return body.total;
}
