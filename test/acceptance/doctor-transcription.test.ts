import { expect, onTestFinished, test } from 'vitest';
import { checkTranscription } from '../../src/doctor/check-transcription.ts';
import { standIn } from '../support/stand-in-server.ts';
import { startTranscriber } from '../support/transcription-server.ts';

const NOBODY = 'http://127.0.0.1:2';

const config = {
  token: 'hunter2',
  model: 'base',
  language: undefined,
  timeoutSeconds: 5,
  maxSeconds: 600,
};

test('hears a second of silence, where there is one', async () => {
  expect(await checkTranscription(undefined)).toEqual([]);
  const transcriber = await startTranscriber();
  onTestFinished(transcriber.stop);
  const url = `${transcriber.url}/v1/audio/transcriptions`;
  expect(await checkTranscription({ ...config, url })).toMatchObject([
    { state: 'ok', detail: `${transcriber.url} answers` },
  ]);
  expect(transcriber.problems).toEqual([]);
  expect(transcriber.asked).toMatchObject([{ seconds: 1, fields: { model: 'base' } }]);
});

test.each([
  [`${NOBODY}/?key=hunter2`, /does not answer \(ECONNREFUSED\)$/],
  ['a wrong path', /answered 404$/],
])('that fails is told: %s', async (place, detail) => {
  const url = place.startsWith('http')
    ? place
    : await standIn((_request, response) => void response.writeHead(404).end());
  const [finding] = await checkTranscription({ ...config, url });
  expect(finding).toMatchObject({
    state: 'failed',
    detail: expect.stringMatching(detail),
    remedy: expect.stringContaining('TRANSCRIBE_URL'),
  });
  expect(JSON.stringify(finding)).not.toContain('hunter2');
});
