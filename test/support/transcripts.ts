import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import type { CallAs } from './call-as.ts';
import { eventually, startTestInbox, type TestInbox } from './test-inbox.ts';
import { startTranscriber, type TestTranscriber } from './transcription-server.ts';

type Transcript = NonNullable<NonNullable<MediaItem['details']>['transcript']>;

/**
 * An inbox with a transcription server, for all tests of a file. Each test begins without attachments, because all have
 * the bytes of the same few sounds.
 */
export function inboxWithTranscriber(): { inbox: TestInbox; transcriber: TestTranscriber } {
  const both = {} as { inbox: TestInbox; transcriber: TestTranscriber };
  beforeAll(async () => {
    both.transcriber = await startTranscriber();
    both.inbox = await startTestInbox({
      PATH: process.env.PATH ?? '',
      TRANSCRIBE_URL: both.transcriber.url,
    });
  });
  afterAll(async () => {
    await both.inbox.stop();
    await both.transcriber.stop();
  });
  beforeEach(() => void both.transcriber.asked.splice(0));
  afterEach(async () => {
    expect(both.transcriber.problems).toEqual([]);
    await deleteAll(both.inbox);
  });
  return both;
}

export async function itemOf(inbox: TestInbox, media: MediaItem | undefined): Promise<MediaItem> {
  return (await inbox.api('get', `/api/v1/media/${media?.sid}`).expect(200)).body;
}

/** The transcript of an attachment once it has these values. */
export function transcriptWhen(
  inbox: TestInbox,
  media: MediaItem | undefined,
  expected: Partial<Transcript>,
): Promise<Transcript> {
  return eventually(async () => {
    const transcript = (await itemOf(inbox, media)).details?.transcript;
    expect(transcript).toMatchObject(expected);
    return transcript as Transcript;
  });
}

/** The sids of the media whose transcripts contain these words. */
export async function findSpoken(api: CallAs, words: string): Promise<string[]> {
  const query = new URLSearchParams({ transcript: words });
  const { body } = await api('get', `/api/v1/media?${query}`).expect(200);
  return body.items.map(({ sid }: MediaItem) => sid);
}

/** Requests a transcript by hand. */
export function transcribeAgain(inbox: TestInbox, sid: string | undefined) {
  return inbox.api('post', `/api/v1/media/${sid}/transcribe`);
}

/** Deletes all attachments, so that the same bytes can be received anew. */
async function deleteAll(inbox: TestInbox): Promise<void> {
  const { items } = (await inbox.api('get', '/api/v1/media?limit=100').expect(200)).body;
  for (const { sid } of items) await inbox.api('delete', `/api/v1/media/${sid}`).expect(204);
}
