import type { Database } from '../../database/database.ts';
import {
  type MessageKey,
  NEWEST_FIRST,
  NEWEST_MESSAGE_FIRST,
  sentFrom,
} from '../../database/message-order.ts';
import { scanPage } from '../../database/scan-rows.ts';
import { addressesOf } from '../../twilio/channel-address.ts';

const PAGE = 200;

/**
 * The manifest of an export, as pieces of JSON: every message of a sender, newest first, and what is known
 * of its media.
 */
export async function* exportManifest(
  { prisma }: Database,
  address: string,
  fileOf: (mediaSid: string) => string | null,
): AsyncGenerator<string> {
  const head = JSON.stringify({ address, exportedAt: new Date() }, null, 2).slice(0, -2);
  yield `${head},\n  "messages": [`;
  let count = 0;
  const sent = sentFrom(addressesOf(address));
  for (let after: MessageKey | undefined; ; ) {
    const { page, last } = await scanPage(prisma, NEWEST_MESSAGE_FIRST, sent, after, PAGE);
    const rows = await prisma.message.findMany({
      where: { sid: { in: page.map(({ sid }) => sid) }, from: { in: addressesOf(address) } },
      include: { media: { include: { blob: true }, orderBy: { index: 'asc' } } },
      orderBy: [...NEWEST_FIRST],
    });
    for (const { media, signatureHash: _, ...message } of rows) {
      const item = {
        ...message,
        media: media.map(({ blob, blobSha256: sha256, ...row }) => ({
          ...row,
          ...{ sha256, byteSize: blob === null ? null : Number(blob.byteSize) },
          ...{ details: blob?.details ?? null, file: fileOf(row.sid) },
        })),
      };
      yield `${count === 0 ? '' : ','}\n    ${JSON.stringify(item)}`;
      count += 1;
    }
    if (last === undefined) break;
    after = last;
  }
  yield '\n  ]\n}\n';
}
