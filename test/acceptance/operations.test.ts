import { expect, onTestFinished, test } from 'vitest';
import { OPERATIONS } from '../../src/reference/api-document.ts';
import { parseResourcePath } from '../../src/twilio-api/resource-path.ts';
import { twilioOperations } from '../../src/twilio-api/twilio-operations.ts';
import { serverRoutes } from '../support/api-routes.ts';
import { ACCOUNT, startTestInbox } from '../support/test-inbox.ts';

test('the routes of the server are the operations of the reference, and the other way round', async () => {
  const described = OPERATIONS.filter(({ access }) => access !== 'basic').map(
    ({ method, path }) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
  );
  expect(described.toSorted()).toEqual((await serverRoutes()).toSorted());
});

test("Twilio's resources have the paths and methods of their operations, and no others", async () => {
  const inbox = await startTestInbox();
  onTestFinished(() => inbox.stop());
  const sids: Record<string, string> = {
    AccountSid: ACCOUNT.sid,
    MessageSid: `MM${'0'.repeat(32)}`,
  };
  const authorization = `Basic ${btoa(`${ACCOUNT.sid}:${ACCOUNT.authToken}`)}`;
  const kinds = new Set<string | undefined>();
  for (const [path, operations] of Map.groupBy(Object.values(twilioOperations), ofPath)) {
    const last = path.includes('/Media') ? `ME${'0'.repeat(32)}` : sids.MessageSid;
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => sids[name] ?? String(last));
    kinds.add(parseResourcePath(filled)?.kind);
    const response = await fetch(inbox.url + filled, { method: 'PUT', headers: { authorization } });
    const methods = new Set(operations.map(({ method }) => method.toUpperCase()));
    // HEAD comes with GET. The bytes may be deleted by their path, too, as at Twilio.
    const expected = [...methods, 'HEAD', ...(path.endsWith('{Sid}') ? ['DELETE'] : [])];
    expect([path, response.headers.get('allow')?.split(', ').toSorted()]).toEqual([
      path,
      expected.toSorted(),
    ]);
  }
  expect(kinds).toEqual(new Set(['messages', 'message', 'media-list', 'media']));
});

function ofPath({ path }: { path: string }): string {
  return path;
}
