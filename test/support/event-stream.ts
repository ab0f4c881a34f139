import { createParser } from 'eventsource-parser';
import { expect, onTestFinished } from 'vitest';
import { z } from 'zod';
import { eventPayload, viewerEventPayload } from '../../src/events/event-schemas.ts';
import { ADMIN_KEY } from './test-inbox.ts';

/** A client of `GET /api/v1/events`, and what it has received. */
export interface EventReader {
  status: number;
  headers: Headers;
  events: { id: string; type: string; data: Record<string, unknown> }[];
  /** The id that it would resume from. */
  lastId: string | undefined;
  comments: number;
  /** How the stream ended: closed by the server, or aborted. */
  ended: Promise<'ended' | 'cut off'>;
  close(): void;
}

const resetPayload = z.strictObject({
  type: z.literal('reset'),
  timestamp: z.iso.datetime(),
  data: z.strictObject({}),
});
const streamedPayload = z.union([eventPayload, viewerEventPayload, resetPayload]);

/** Follows events as browsers and libraries do, until the test ends; all must have a documented form. */
export async function followEvents(
  inbox: { url: string },
  {
    lastEventId,
    query = '',
    key = ADMIN_KEY,
    ticketUrl,
  }: {
    lastEventId?: string | undefined;
    query?: string;
    key?: string;
    /** A URL with a ticket, which is requested without a key. */
    ticketUrl?: string;
  } = {},
): Promise<EventReader> {
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const response = await fetch(ticketUrl ?? `${inbox.url}/api/v1/events${query}`, {
    headers: {
      ...(ticketUrl === undefined ? { authorization: `Bearer ${key}` } : {}),
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    signal: leaving.signal,
  });
  const reader: EventReader = {
    status: response.status,
    headers: response.headers,
    events: [],
    lastId: lastEventId,
    comments: 0,
    ended: Promise.resolve('ended' as const),
    close: () => leaving.abort(),
  };
  const malformed: string[] = [];
  onTestFinished(() => expect(malformed).toEqual([]));
  const parser = createParser({
    onEvent({ id = '', event = '', data }) {
      const payload = JSON.parse(data);
      const { success, error } = streamedPayload.safeParse(payload);
      if (!success) malformed.push(`${z.prettifyError(error)} in ${data}`);
      reader.events.push({ id, type: event, data: payload.data });
    },
    onComment: () => {
      reader.comments += 1;
    },
  });
  async function read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      const text = decoder.decode(chunk, { stream: true });
      // Browsers keep the id of a block without data, too; the parser does not report it.
      reader.lastId = [...text.matchAll(/^id: (\S+)$/gm)].at(-1)?.[1] ?? reader.lastId;
      parser.feed(text);
    }
  }
  reader.ended = read().then(
    () => 'ended',
    () => 'cut off',
  );
  return reader;
}
