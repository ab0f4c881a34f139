import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { deleteMedia } from '../support/deletion-record.ts';
import { findCopies } from '../support/find-copies.ts';
import { hasFfmpeg, receiveFixtures } from '../support/fixtures.ts';
import { readZip } from '../support/read-zip.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { startTranscriber, type TestTranscriber } from '../support/transcription-server.ts';

// In ASCII: `findCopies` compares rows of a server byte by byte.
const WORDS = 'Unverwechselbare Worte von Anna';
const NEEDLES = [WORDS, WORDS.toLowerCase()].map((text) => Buffer.from(text));

let transcriber: TestTranscriber;
let inbox: TestInbox;
beforeEach(async () => {
  transcriber = await startTranscriber();
  transcriber.answer(WORDS);
  inbox = await startTestInbox({
    PATH: process.env.PATH ?? '',
    TRANSCRIBE_URL: transcriber.url,
  });
});
afterEach(async () => {
  await inbox.stop();
  await transcriber.stop();
  expect(transcriber.problems).toEqual([]);
});

const copies = () => eventually(() => findCopies(inbox, ...NEEDLES));

const ready = (media: MediaItem | undefined) =>
  eventually(async () => {
    const { body } = await inbox.api('get', `/api/v1/media/${media?.sid}`).expect(200);
    expect(body.details.transcript).toMatchObject({ state: 'ready', text: WORDS });
  });

const found = async () =>
  (await inbox.api('get', '/api/v1/media?transcript=worte').expect(200)).body.items.length;

/** The log lines of jobs that transcribe the bytes of an attachment and have ended. */
const endedJobs = (media: MediaItem | undefined) =>
  inbox.logLines
    .map((line) => JSON.parse(line))
    .filter(({ job, sha256, msg }) => {
      return job === 'transcribe' && sha256 === media?.sha256 && msg === 'job ended';
    });

describe.skipIf(!hasFfmpeg())('nothing is left of a transcript', () => {
  test('when the attachment is deleted while it is transcribed', async () => {
    let release = () => {};
    transcriber.answer((_asked, response) => {
      release = () => response.end(JSON.stringify({ text: WORDS }));
    });
    const [sound] = await receiveFixtures(inbox, 'audio.amr');
    await eventually(async () => expect(transcriber.asked).toHaveLength(1));
    await deleteMedia(inbox, String(sound?.sid));
    release();
    await eventually(async () => expect(endedJobs(sound)).toHaveLength(1));
    expect(await copies()).toEqual([]);
    expect(await found()).toBe(0);
    // The same bytes are another attachment, with a transcript of its own.
    transcriber.answer(WORDS);
    const [again] = await receiveFixtures(inbox, 'audio.amr');
    await ready(again);
    expect(await found()).toBe(1);
  });

  test('when it is deleted and the same bytes arrive, before the answer about the first', async () => {
    const releases: (() => void)[] = [];
    transcriber.answer((_asked, response) => {
      const text = releases.length === 0 ? 'the first answer' : WORDS;
      releases.push(() => response.end(JSON.stringify({ text })));
    });
    const [sound] = await receiveFixtures(inbox, 'audio.amr');
    await eventually(async () => expect(releases).toHaveLength(1));
    await deleteMedia(inbox, String(sound?.sid));
    const [again] = await receiveFixtures(inbox, 'audio.amr');
    releases[0]?.();
    await eventually(async () => expect(releases).toHaveLength(2));
    releases[1]?.();
    await ready(again);
  });

  test('when the last attachment with these bytes is deleted', async () => {
    const [one, other] = await receiveFixtures(inbox, 'audio.amr', 'audio.amr');
    await ready(other);
    await deleteMedia(inbox, String(one?.sid));
    await ready(other);
    expect(await found()).toBe(1);
    await deleteMedia(inbox, String(other?.sid));
    expect(await found()).toBe(0);
    // The embedded database's own files keep deleted rows until a purge.
    if (inbox.databaseUrl !== undefined) expect(await copies()).toEqual([]);
    const { text } = await inbox.api('get', '/metrics').expect(200);
    expect(text).toMatch(/^mms_inbox_transcripts_waiting 0$/m);
  });

  test('when its sender is erased; before, it is in the export of the sender', async () => {
    const [sound] = await receiveFixtures(inbox, 'audio.amr');
    await ready(sound);
    expect(await copies()).not.toEqual([]);
    const address = sound?.from;
    const { body: zip } = await inbox
      .api('post', '/api/v1/senders/export')
      .send({ address })
      .responseType('blob')
      .expect(200);
    const manifest = JSON.parse(String((await readZip(zip)).get('manifest.json')));
    expect(manifest.messages[0].media[0].transcript).toEqual({
      state: 'ready',
      text: WORDS,
      language: null,
      reason: null,
    });
    const { headers } = await inbox
      .api('post', '/api/v1/senders/erasures')
      .send({ address })
      .expect(202);
    await eventually(async () => {
      const { body } = await inbox.api('get', String(headers.location)).expect(200);
      expect(body.purgedAt).not.toBeNull();
    });
    expect(await copies()).toEqual([]);
    expect(inbox.logLines.filter((line) => line.includes('Unverwechselbare'))).toEqual([]);
  });
});
