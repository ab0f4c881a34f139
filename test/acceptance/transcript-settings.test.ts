import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { callAs } from '../support/call-as.ts';
import { fixturePath, hasFfmpeg, receiveFixtures } from '../support/fixtures.ts';
import {
  findSpoken,
  inboxWithTranscriber,
  itemOf,
  transcribeAgain,
  transcriptWhen,
} from '../support/transcripts.ts';

const both = inboxWithTranscriber();

describe.skipIf(!hasFfmpeg())('by its settings', () => {
  test('it is off, and what was stored meanwhile is transcribed when it is on', async () => {
    await both.inbox.restart({ TRANSCRIBE_URL: '' });
    const sounds = await receiveFixtures(both.inbox, 'audio.amr', 'voice-only.3gp', 'photo.jpg');
    const [sound, voice, photo] = sounds;
    for (const media of sounds) {
      expect((await itemOf(both.inbox, media)).details).not.toHaveProperty('transcript');
    }
    expect((await transcribeAgain(both.inbox, sound?.sid).expect(409)).body.detail).toContain(
      'TRANSCRIBE_URL',
    );
    const { body: who } = await both.inbox.api('get', '/api/v1/whoami').expect(200);
    expect(who.capabilities.transcribe).toBe(false);
    expect((await both.inbox.api('get', '/readyz').expect(200)).body.parts).not.toHaveProperty(
      'transcription',
    );
    expect(both.transcriber.asked).toEqual([]);
    both.transcriber.answer('from before');
    await both.inbox.restart();
    for (const media of [sound, voice]) {
      await transcriptWhen(both.inbox, media, { state: 'ready', text: 'from before' });
    }
    expect((await itemOf(both.inbox, photo)).details).not.toHaveProperty('transcript');
    expect(both.transcriber.asked).toHaveLength(2);
  });

  test('a refusal waits for a mended configuration, and a restart tries it at once', async () => {
    both.transcriber.answer(({ headers }, response) => {
      const isKnown = headers.authorization === 'Bearer good-token';
      response.writeHead(isKnown ? 200 : 401).end('{"text":"known","language":"english"}');
    });
    await both.inbox.restart({ TRANSCRIBE_TOKEN: 'bad-token' });
    const [sound] = await receiveFixtures(both.inbox, 'audio.amr');
    await transcriptWhen(both.inbox, sound, {
      state: 'pending',
      reason: expect.stringMatching(/401$/),
    });
    await both.inbox.restart({
      TRANSCRIBE_TOKEN: 'good-token',
      TRANSCRIBE_MODEL: 'large-v3',
      TRANSCRIBE_LANGUAGE: 'en',
    });
    await transcriptWhen(both.inbox, sound, { state: 'ready', text: 'known', language: 'english' });
    expect(both.transcriber.asked.at(-1)?.fields).toMatchObject({
      model: 'large-v3',
      language: 'en',
    });
    const secrets = ['bad-token', 'good-token'];
    expect(both.inbox.logLines.filter((line) => secrets.some((one) => line.includes(one)))).toEqual(
      [],
    );
  });

  test('a sound that is too long is not sent', async () => {
    await both.inbox.restart({ TRANSCRIBE_MAX_SECONDS: '2' });
    const [sound] = await receiveFixtures(both.inbox, 'audio.amr');
    const reason = 'It is longer than the 2 seconds that are transcribed';
    await transcriptWhen(both.inbox, sound, { state: 'failed', reason });
    expect(both.transcriber.asked).toEqual([]);
  });

  test('an answer that trickles takes too long', async () => {
    await both.inbox.restart({ TRANSCRIBE_TIMEOUT_SECONDS: '0.5' });
    both.transcriber.answer((_asked, response) => {
      const drip = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(drip));
    });
    const [sound] = await receiveFixtures(both.inbox, 'audio.amr');
    await transcriptWhen(both.inbox, sound, {
      reason: 'The transcription server took longer than 0.5 s',
    });
  });

  test('without ffmpeg it waits, and is transcribed once there is one', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'mms-inbox-no-tools-'));
    await both.inbox.restart({ PATH: empty });
    const [sound] = await receiveFixtures(both.inbox, 'audio.amr');
    await transcriptWhen(both.inbox, sound, {
      state: 'pending',
      reason: 'ffmpeg is not installed on the server',
    });
    expect(both.transcriber.asked).toEqual([]);
    both.transcriber.answer('now');
    await both.inbox.restart();
    await transcriptWhen(both.inbox, sound, { state: 'ready', text: 'now' });
    await rm(empty, { recursive: true });
  });

  test('moderators read and find what is held back, viewers do not', async () => {
    await both.inbox.restart({ MODERATION_MODE: 'hold-media' });
    both.transcriber.answer('held words');
    const bytes = await readFile(fixturePath('audio.amr'));
    const { message } = await both.inbox.receive({
      attachments: [{ bytes, contentType: 'audio/amr' }],
    });
    const [sound] = await both.inbox.mediaOf(message.sid, 'stored');
    await transcriptWhen(both.inbox, sound, { state: 'ready', text: 'held words' });
    const viewer = await callAs(both.inbox, 'viewer');
    const asModerator = await callAs(both.inbox, 'moderator');
    expect(await findSpoken(asModerator, 'words')).toEqual([sound?.sid]);
    expect(await findSpoken(viewer, 'words')).toEqual([]);
    await viewer('get', `/api/v1/media/${sound?.sid}`).expect(404);
    const { text } = await viewer('get', `/api/v1/messages/${message.sid}`).expect(200);
    expect(text).not.toContain('held words');
    await asModerator('post', `/api/v1/media/${sound?.sid}/decision`)
      .send({ decision: 'approve' })
      .expect(200);
    expect(await findSpoken(viewer, 'words')).toEqual([sound?.sid]);
  });
});
