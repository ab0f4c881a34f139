import { describe, expect, test } from 'vitest';
import { hasFfmpeg, receiveFixtures } from '../support/fixtures.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually } from '../support/test-inbox.ts';
import {
  findSpoken,
  inboxWithTranscriber,
  itemOf,
  transcribeAgain,
  transcriptWhen,
} from '../support/transcripts.ts';

const both = inboxWithTranscriber();

const transcriptionPart = async () =>
  (await both.inbox.api('get', '/readyz').expect(200)).body.parts.transcription;

describe.skipIf(!hasFfmpeg())('with a transcription server', () => {
  test('the words of a sound are in its details, and found', async () => {
    both.transcriber.answer(' Bitte RUF mich zurück,\n es ist dringend. ');
    const [sound] = await receiveFixtures(both.inbox, 'audio.amr');
    const transcript = await transcriptWhen(both.inbox, sound, { state: 'ready' });
    expect(transcript).toEqual({
      state: 'ready',
      text: 'Bitte RUF mich zurück,\n es ist dringend.',
      language: null,
      reason: null,
    });
    const [asked] = both.transcriber.asked;
    expect(asked?.seconds).toBeCloseTo(2.5, 1);
    expect(asked?.fields).toEqual({ model: 'whisper-1', response_format: 'json' });
    expect(asked?.headers.authorization).toBeUndefined();
    // Nothing that identifies a person or an attachment.
    const shown = JSON.stringify(asked);
    for (const fact of [sound?.sid, sound?.sha256, sound?.from?.slice(2), sound?.messageSid]) {
      expect(shown).not.toContain(String(fact));
    }
    for (const words of ['ruf', 'ZURÜCK', 'dringend bitte', 'rück ruf']) {
      expect(await findSpoken(both.inbox.api, words)).toEqual([sound?.sid]);
    }
    for (const words of ['angerufen', 'ruf niemand', '%', '_'])
      expect(await findSpoken(both.inbox.api, words)).toEqual([]);
    const { body } = await both.inbox
      .api('get', `/api/v1/messages/${sound?.messageSid}`)
      .expect(200);
    expect(body.media[0].details.transcript).toEqual(transcript);
    const { text: metrics } = await both.inbox.api('get', '/metrics').expect(200);
    expect(metrics).toMatch(/^mms_inbox_transcriptions_total\{outcome="ready"\} [1-9]/m);
    expect(metrics).toMatch(/^mms_inbox_transcripts_waiting 0$/m);
    // Neither in the log, nor in what is kept of decisions.
    expect(both.inbox.logLines.filter((line) => line.includes('dringend'))).toEqual([]);
    expect((await both.inbox.api('get', '/api/v1/audit/export').expect(200)).text).not.toContain(
      'dringend',
    );
  });

  test('sounds in containers of videos are transcribed, videos and pictures are not', async () => {
    both.transcriber.answer('only the voice');
    const [photo, video, voice] = await receiveFixtures(
      both.inbox,
      'photo.jpg',
      'video.3gp',
      'voice-only.3gp',
    );
    await transcriptWhen(both.inbox, voice, { state: 'ready' });
    expect(both.transcriber.asked).toHaveLength(1);
    for (const other of [photo, video]) {
      expect((await itemOf(both.inbox, other)).details).not.toHaveProperty('transcript');
      expect((await transcribeAgain(both.inbox, other?.sid).expect(409)).body.code).toBe(
        'conflict',
      );
    }
    const query = 'contentType=video/&transcript=voice&state=stored';
    const { body } = await both.inbox.api('get', `/api/v1/media?${query}`).expect(200);
    expect(body.items).toMatchObject([{ sid: voice?.sid }]);
  });

  test('the same bytes are transcribed once, and again by hand only', async () => {
    both.transcriber.answer('first model');
    const [one, same] = await receiveFixtures(both.inbox, 'audio.mp3', 'audio.mp3');
    const [later] = await receiveFixtures(both.inbox, 'audio.mp3');
    for (const media of [one, same, later]) {
      await transcriptWhen(both.inbox, media, { state: 'ready', text: 'first model' });
    }
    expect(both.transcriber.asked).toHaveLength(1);
    both.transcriber.answer('second model');
    await transcribeAgain(both.inbox, later?.sid).expect(202);
    await transcriptWhen(both.inbox, one, { text: 'second model' });
    expect(await findSpoken(both.inbox.api, 'model')).toHaveLength(3);
    expect(await findSpoken(both.inbox.api, 'first')).toEqual([]);
    expect(both.transcriber.asked).toHaveLength(2);
  });

  test('a server that is down delays nobody, and is asked again until it answers', async () => {
    const lines = () =>
      both.inbox.logLines.filter((line) => line.includes('the transcription server'));
    const before = lines().length;
    both.transcriber.answer((_asked, response) => void response.writeHead(503).end('busy'));
    const [sound] = await receiveFixtures(both.inbox, 'audio.ogg');
    const reason = 'The transcription server answered 503';
    await transcriptWhen(both.inbox, sound, { state: 'pending', text: null, reason });
    await eventually(async () => {
      expect(await transcriptionPart()).toMatch(/^degraded: .* answered 503$/);
    });
    await both.inbox.api('get', `/api/v1/media/${sound?.sid}/content`).expect(200);
    both.transcriber.answer('here I am');
    await transcriptWhen(both.inbox, sound, { state: 'ready', text: 'here I am', reason: null });
    await eventually(async () => expect(await transcriptionPart()).toBe('ok'));
    const told = lines()
      .slice(before)
      .map((line) => JSON.parse(line));
    expect(told).toMatchObject([{ level: 50 }, { level: 40 }]);
  });

  test('while it does not answer, everything else is stored and delivered', async () => {
    let release = () => {};
    both.transcriber.answer((_asked, response) => {
      release = () => response.end('{"text":"late"}');
    });
    const [sound] = await receiveFixtures(both.inbox, 'audio.wav');
    await eventually(async () => expect(both.transcriber.asked).toHaveLength(1));
    await receiveFixtures(both.inbox, 'photo.jpg', 'audio.m4a');
    const bytes = await smallPicture(77);
    await both.inbox.receive({ attachments: [{ bytes, contentType: 'image/png' }] });
    expect((await itemOf(both.inbox, sound)).details?.transcript?.state).toBe('pending');
    both.transcriber.answer('next');
    release();
    await transcriptWhen(both.inbox, sound, { state: 'ready', text: 'late' });
  });

  test('a file that it does not take is not sent again, except by hand', async () => {
    both.transcriber.answer((_asked, response) => void response.writeHead(400).end('{"error":{}}'));
    const [sound] = await receiveFixtures(both.inbox, 'audio.caf');
    const reason = 'The transcription server answered 400';
    await transcriptWhen(both.inbox, sound, { state: 'failed', text: null, reason });
    expect(await transcriptionPart()).toBe('ok');
    expect(both.transcriber.asked).toHaveLength(1);
    both.transcriber.answer('taken');
    await transcribeAgain(both.inbox, sound?.sid).expect(202);
    await transcriptWhen(both.inbox, sound, { state: 'ready', text: 'taken', reason: null });
    await transcribeAgain(both.inbox, `ME${'0'.repeat(32)}`).expect(404);
  });
});
