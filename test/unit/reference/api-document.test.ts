import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, test } from 'vitest';
import { EVENT_TYPES } from '../../../src/events/event-schemas.ts';
import { createApiDocument, OPERATIONS } from '../../../src/reference/api-document.ts';

const file = new URL('../../../docs/openapi.json', import.meta.url);

test('docs/openapi.json and the types of the client are those of this source', async () => {
  const run = promisify(execFile)(process.execPath, ['src/reference/write-openapi.ts', '--check']);
  await expect(run).resolves.toMatchObject({ stderr: '' });
});

/** Health checks can fail only with 503, and never refuse. */
function strictConfig() {
  const rules = { struct: 'error', 'operation-4xx-response': 'off' } as const;
  return createConfig({ extends: ['recommended-strict'], rules });
}

test('the linter finds nothing, the structure of OpenAPI 3.1 included', async () => {
  const config = await strictConfig();
  const problems = await lintFromString({ source: await readFile(file, 'utf8'), config });
  const told = problems.map(({ ruleId, message, location }) => [
    ruleId,
    message,
    location.map(({ pointer }) => pointer),
  ]);
  expect(told).toEqual([]);
});

test('the linter would find a mistake', async () => {
  const config = await strictConfig();
  const document = JSON.parse(await readFile(file, 'utf8'));
  delete document.info.title;
  const problems = await lintFromString({ source: JSON.stringify(document), config });
  expect(problems.map(({ ruleId }) => ruleId)).toContain('struct');
});

test('examples of bodies are valid', () => {
  const wrong = OPERATIONS.filter(
    ({ body, bodyExample }) => bodyExample !== undefined && !body?.safeParse(bodyExample).success,
  );
  expect(wrong.map(({ id }) => id)).toEqual([]);
});

test('every operation has its own id, a role or another way in, and every event is a webhook', () => {
  const { paths = {}, webhooks = {} } = createApiDocument();
  const ids = OPERATIONS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const described = Object.values(paths).flatMap((path) => Object.keys(path ?? {}));
  expect(described).toHaveLength(OPERATIONS.length);
  expect(Object.keys(webhooks).sort()).toEqual([...EVENT_TYPES].sort());
});
