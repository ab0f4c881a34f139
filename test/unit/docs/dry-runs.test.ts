import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const document = JSON.parse(
  await readFile(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'),
);

/** Operations that write and have no `dryRun`, by the reason why they need none. */
const WITHOUT: Record<string, readonly string[]> = {
  'adds something, or asks for work, and removes nothing': [
    'importMedia',
    'createLinks',
    'revealMedia',
    'findSimilarMedia',
    'retryMedia',
    'retryFailedMedia',
    'scanMedia',
    'reportMedia',
    'createReasonCode',
    'writeNote',
    'claimNext',
    'claimOne',
    'extendClaim',
    'escalateClaim',
    'exportSender',
    'createEndpoint',
    'resendDelivery',
    'testEndpoint',
    'createTicket',
    'createExport',
    'createBackup',
    'holdSnapshot',
    'createKey',
    'createSession',
    'createSignInLink',
    'receiveMessage',
  ],
  'can be set back by the same operation or its counterpart': [
    'decideMedia',
    'decideMessage',
    'pinMedia',
    'unpinMedia',
    'dismissReport',
    'updateReasonCode',
    'updateSender',
    'changeEndpoint',
    'rotateSecret',
  ],
  'waits for some seconds, in which it can be taken back; `dryRun` of deleteMedia and blockMedia counts the same':
    ['createAct'],
  'is itself the way back, or stops what was begun': [
    'cancelAct',
    'cancelBulkAct',
    'cancelVerification',
    'undoBulkAct',
  ],
  'removes the one thing that it names, with nothing that hangs on it': [
    'deleteReasonCode',
    'deleteNote',
    'releaseClaim',
    'deleteExport',
    'endSession',
    'revokeSession',
  ],
  'goes on with a deletion that was requested before': ['retryDeletion'],
  'makes again what is made from the bytes of an attachment': [
    'transcribeMedia',
    'rebuildPreviews',
  ],
  'replaces nothing but damaged files; without `repair` it is its own dry run': [
    'createVerification',
  ],
  "is Twilio's: its parameters are not ours": ['deleteTwilioMedia'],
};

interface DocumentOperation {
  operationId: string;
  parameters?: { name?: string }[];
  requestBody?: unknown;
  responses: Record<string, unknown>;
}

const writing = Object.values<Record<string, DocumentOperation>>(document.paths)
  .flatMap((path) => Object.entries(path))
  .filter(([method]) => ['post', 'put', 'patch', 'delete'].includes(method))
  .map(([, operation]) => operation);

/** The schemas of a request, with those that it refers to. */
function takesDryRun({ parameters = [], requestBody }: DocumentOperation): boolean {
  if (parameters.some(({ name }) => name === 'dryRun')) return true;
  return JSON.stringify(requestBody ?? {}).includes('"dryRun":');
}

test('every operation that writes has a dryRun, or a reason why it needs none', () => {
  const excepted = Object.values(WITHOUT).flat();
  const known = writing.filter(takesDryRun).map(({ operationId }) => operationId);
  expect([...known, ...excepted].sort()).toEqual(
    writing.map(({ operationId }) => operationId).sort(),
  );
  expect(known.sort()).toEqual([
    'beginBulkAct',
    'blockMedia',
    'createReconciliation',
    'deleteEndpoint',
    'deleteMedia',
    'deleteMessage',
    'eraseSender',
    'removeBlocklistEntry',
    'resendRange',
    'revokeKey',
    'uploadBlocklist',
  ]);
});

test('the answer of a dry run says that it is one', () => {
  for (const { operationId, responses } of writing.filter(takesDryRun)) {
    const answers = JSON.stringify(responses);
    const schemas = [...answers.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) =>
      JSON.stringify(document.components.schemas[String(name)]),
    );
    expect([answers, ...schemas].join(), operationId).toContain('"dryRun":');
  }
});
