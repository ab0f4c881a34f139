import type { Transaction } from '../database/database.ts';
import type { Blob, Media, Preview } from '../generated/prisma/client.ts';

/** Bytes with their preview, before they become visible. */
export interface ScreeningInput {
  /** One of the attachments that wait for these bytes. */
  mediaSid: string;
  /** Sniffed; null when unknown. */
  contentType: string | null;
  sha256: string;
  /** Where the bytes are. */
  key: string;
  byteSize: number;
  previews: readonly Pick<Preview, 'size' | 'key' | 'contentType' | 'byteSize'>[];
  /** PDQ hash of the picture, 64 hexadecimal digits, and its quality; null when there is no picture. */
  picture: { hash: string; quality: number } | null;
}

/** The PDQ hash of a blob; null when it is not a picture, or was previewed before hashes were stored. */
export function pictureOf({
  pdq,
  pdqQuality,
}: Pick<Blob, 'pdq' | 'pdqQuality'>): { hash: string; quality: number } | null {
  return pdq === null || pdqQuality === null ? null : { hash: pdq, quality: pdqQuality };
}

export type StoredMedia = Pick<
  Media,
  'sid' | 'messageSid' | 'accountSid' | 'moderation' | 'decidedBy'
>;

/** What was found out about bytes outside of any transaction; only the screening itself reads it. */
export type Findings = Readonly<Record<string, unknown>>;

/** Bytes in the transaction that stores their attachments. */
export interface ScreenedBytes extends Pick<ScreeningInput, 'sha256' | 'picture'> {
  findings: Findings;
}

/** What happens to the attachments with the same bytes. */
export interface Verdict {
  /** What a rule demands; null when there is no objection. Media to be deleted are not stored first. */
  act: 'hold' | 'quarantine' | 'delete' | null;
  /**
   * Moderates them, in the transaction that stores them: they are never visible in another state.
   *
   * @param sids all attachments that waited for the bytes
   * @param stored those that are stored now
   */
  apply(tx: Transaction, sids: readonly string[], stored: readonly StoredMedia[]): Promise<void>;
}

/** Screens attachments before they become visible. */
export interface Screen {
  /** Whether `inspect` takes no time: without a classifier to ask, and with the blocklist loaded. */
  isInstant(): boolean;
  /** Runs outside of any transaction. A classifier reads the files from the blob store. */
  inspect(input: ScreeningInput, signal: AbortSignal): Promise<Findings>;
  /**
   * Decides about bytes in the transaction that stores their attachments.
   *
   * @param tx holds the locks of the blobs; the caller commits it
   * @returns by hash; without a verdict there is no objection
   */
  decide(tx: Transaction, given: readonly ScreenedBytes[]): Promise<Map<string, Verdict>>;
}
