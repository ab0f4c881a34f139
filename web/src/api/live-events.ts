import { signal } from '@preact/signals';
import { api } from './client.ts';

/** `live`: what happens on the server is known here at once. */
export type Connection = 'connecting' | 'live' | 'lost';
export const connection = signal<Connection>('connecting');

/** What an event tells; the rest is asked of the API. */
export interface LiveEvent {
  type: string;
  mediaSid: string | undefined;
  messageSid: string | undefined;
}

type Listener = (event: LiveEvent) => void;

/** Of a deletion: its attachments are gone since `media.deleted`, and nothing of them is to be read again. */
const COMPLETED = 'deletion.completed';
const TYPES = [
  'message.received',
  'message.held',
  'message.quarantined',
  'message.approved',
  'message.deleted',
  'media.stored',
  'media.failed',
  'media.held',
  'media.quarantined',
  'media.approved',
  'media.reported',
  'media.deleted',
  COMPLETED,
  // Only for viewers.
  'media.visible',
  'media.removed',
  'message.visible',
  'message.removed',
];
const RECONNECT_MS = { first: 1000, most: 30_000 };
const listeners = new Set<Listener>();
/** Called when events may have been missed. */
const gaps = new Set<() => void>();

/** @returns ends it */
export function onLiveEvent(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Calls when events may have been missed: what is shown has to be read again.
 *
 * @returns ends it
 */
export function onMissedEvents(listener: () => void): () => void {
  gaps.add(listener);
  return () => gaps.delete(listener);
}

/**
 * Calls when the server can be reached again after a loss.
 *
 * @returns ends it
 */
export function onBack(listener: () => void): () => void {
  let before = connection.peek();
  return connection.subscribe((now) => {
    if (before === 'lost' && now === 'live') listener();
    before = now;
  });
}

/**
 * Follows the event stream of the server until the page is left. The browser resumes it after a short loss with
 * `Last-Event-ID`; where it gives up, such as on an error of a proxy, a new stream is opened.
 *
 * @returns ends it
 */
export function followLiveEvents(): () => void {
  let source: EventSource | undefined;
  let timer: number | undefined;
  let waitMs = RECONNECT_MS.first;
  let lastId = '';
  let wasLost = false;

  function open(): void {
    const query = lastId === '' ? '' : `?lastEventId=${encodeURIComponent(lastId)}`;
    source = new EventSource(`/api/v1/events${query}`);
    source.onopen = () => {
      waitMs = RECONNECT_MS.first;
      connection.value = 'live';
      // A stream without a place to resume from starts now.
      if (wasLost && lastId === '') reportGap();
      wasLost = false;
    };
    source.onerror = () => {
      wasLost = true;
      connection.value = 'lost';
      if (source?.readyState !== EventSource.CLOSED) return;
      timer = window.setTimeout(reopen, waitMs);
      waitMs = Math.min(waitMs * 2, RECONNECT_MS.most);
    };
    for (const type of TYPES) source.addEventListener(type, receive);
    // The server has no events from there on any more.
    source.addEventListener('reset', ({ lastEventId }) => {
      lastId = lastEventId;
      reportGap();
    });
  }

  /** The stream does not say why it was refused. A session that has ended is asked for by this request. */
  async function reopen(): Promise<void> {
    const refused = source;
    await api.GET('/api/v1/whoami').catch(() => undefined);
    if (source === refused) open();
  }

  function reportGap(): void {
    for (const listener of gaps) listener();
  }

  function receive({ type, data, lastEventId }: MessageEvent<string>): void {
    lastId = lastEventId;
    const payload = JSON.parse(data) as { data: Record<string, unknown> };
    const { mediaSid, messageSid } = type === COMPLETED ? {} : payload.data;
    const sid = (value: unknown) => (typeof value === 'string' ? value : undefined);
    const event = { type, mediaSid: sid(mediaSid), messageSid: sid(messageSid) };
    for (const listener of listeners) listener(event);
  }

  /** A stream whose network is gone stays open for minutes. */
  function loseNetwork(): void {
    source?.close();
    wasLost = true;
    connection.value = 'lost';
  }

  /** The network is back: no reason to wait. */
  function retryNow(): void {
    if (source?.readyState !== EventSource.CLOSED) return;
    window.clearTimeout(timer);
    void reopen();
  }

  open();
  window.addEventListener('offline', loseNetwork);
  window.addEventListener('online', retryNow);
  return () => {
    window.removeEventListener('offline', loseNetwork);
    window.removeEventListener('online', retryNow);
    window.clearTimeout(timer);
    source?.close();
    source = undefined;
    connection.value = 'connecting';
  };
}
