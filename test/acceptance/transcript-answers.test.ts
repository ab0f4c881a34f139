import { describe, expect, test } from 'vitest';
import { hasFfmpeg, receiveFixtures } from '../support/fixtures.ts';
import type { Answerer } from '../support/transcription-server.ts';
import { inboxWithTranscriber, transcriptWhen } from '../support/transcripts.ts';

const both = inboxWithTranscriber();

describe.skipIf(!hasFfmpeg())('an answer that', () => {
  const body = (text: string | Buffer): Answerer => {
    return (_asked, response) => void response.end(text);
  };
  const endless: Answerer = (_asked, response) => {
    const more = () => {
      while (!response.destroyed && response.write(' '.repeat(16_384)));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  };

  test.each<[string, Answerer, RegExp]>([
    ['is HTML', body('<html>'), /is not JSON$/],
    ['has no text', body('{"error":"no model"}'), /is without a text$/],
    ['has a text that is none', body('{"text":["a"]}'), /is without a text$/],
    ['is empty', body(''), /is not JSON$/],
    ['is nested deeply', body('['.repeat(500_000)), /is not JSON$/],
    ['has no end', endless, /is too long$/],
  ])('%s is a reason', async (_name, answer, reason) => {
    both.transcriber.answer(answer);
    const [sound] = await receiveFixtures(both.inbox, 'audio.amr');
    const transcript = await transcriptWhen(both.inbox, sound, { state: 'failed' });
    expect(transcript).toMatchObject({ text: null, reason: expect.stringMatching(reason) });
  });

  test.each([
    ['NUL and control characters', '{"text":"a\\u0000b\\u0007c"}', 'abc'],
    ['lone surrogates', '{"text":"a\\ud800b \\udc00"}', 'a\ufffdb \ufffd'],
    ['invalid UTF-8', Buffer.from('{"text":"a\xffb"}', 'latin1'), 'a\ufffdb'],
    ['markup', '{"text":"<script>alert(1)</script>"}', '<script>alert(1)</script>'],
    ['other fields', '{"text":"x","language":"de","__proto__":{"state":"failed"}}', 'x'],
  ])('has %s is kept clean', async (_name, answer, text) => {
    both.transcriber.answer(body(answer));
    const [sound] = await receiveFixtures(both.inbox, 'audio.amr');
    await transcriptWhen(both.inbox, sound, { state: 'ready', text, reason: null });
  });

  test('redirects is not followed, and is tried again', async () => {
    both.transcriber.answer((_asked, response) => {
      response.writeHead(307, { location: '/v1/audio/transcriptions?again' }).end();
    });
    const [sound] = await receiveFixtures(both.inbox, 'audio.amr');
    await transcriptWhen(both.inbox, sound, { reason: 'The transcription server answered 307' });
    both.transcriber.answer('straight');
    await transcriptWhen(both.inbox, sound, { state: 'ready', text: 'straight' });
  });
});
