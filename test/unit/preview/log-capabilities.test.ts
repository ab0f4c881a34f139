import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { logCapabilities } from '../../../src/preview/log-capabilities.ts';
import type { PreviewPool } from '../../../src/preview/preview-pool.ts';

test.each([
  [true, []],
  [false, [expect.stringMatching(/^decoders share the network and the user of this service: /)]],
])('decoders without a network %s: the start warns %j', async (isOffline, warnings) => {
  const lines: { level: number; msg: string }[] = [];
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const pool = { capabilities: async () => ({ kinds: [], isOffline }) } as unknown as PreviewPool;
  logCapabilities(pool, log, new AbortController().signal);
  await vi.waitFor(() => expect(lines.length).toBe(1 + warnings.length));
  expect(lines[0]).toMatchObject({ level: 30, msg: 'previews that can be made', isOffline });
  const warned = lines.filter(({ level }) => level >= 40);
  expect(warned.map(({ msg }) => msg)).toEqual(warnings);
});
