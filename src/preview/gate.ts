import type { Transaction } from '../database/database.ts';
import type { Media, Preview } from '../generated/prisma/client.ts';

/** Bytes that are complete with their preview, before anybody may see them. */
export interface Arrival {
  /** One of the media that wait for these bytes. */
  mediaSid: string;
  /** Sniffed; null when unknown. */
  contentType: string | null;
  sha256: string;
  /** Where the bytes are. */
  key: string;
  byteSize: number;
  previews: readonly Pick<Preview, 'size' | 'key' | 'contentType' | 'byteSize'>[];
  /** PDQ hash of what is to be seen, 64 hexadecimal digits, and its quality; null for no picture. */
  picture: { hash: string; quality: number } | null;
}

export type StoredMedia = Pick<
  Media,
  'sid' | 'messageSid' | 'accountSid' | 'moderation' | 'decidedBy'
>;

/**
 * Decides about media in the transaction that stores them: none of them is ever seen as something else.
 *
 * @param tx holds the lock of the blob; the caller commits it
 * @param sids the media that wait for the bytes
 * @param store makes them `stored`; not called for those that are to be deleted at once
 */
export type Admit = (
  tx: Transaction,
  sids: readonly string[],
  store: () => Promise<StoredMedia[]>,
) => Promise<void>;

/** Looks at what has arrived, outside of any transaction, for as long as that takes. */
export type Gate = (arrival: Arrival, signal: AbortSignal) => Promise<Admit>;
