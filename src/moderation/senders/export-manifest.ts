import type { Database } from '../../storage/database.ts';
import { addressesOf } from '../../twilio/channel-address.ts';

const PAGE = 200;

/** The manifest of an export, as pieces of JSON: every message of a sender and what is known of its media. */
export async function* exportManifest(
  { prisma }: Database,
  address: string,
  fileOf: (mediaSid: string) => string | null,
): AsyncGenerator<string> {
  const head = JSON.stringify({ address, exportedAt: new Date() }, null, 2).slice(0, -2);
  yield `${head},\n  "messages": [`;
  let count = 0;
  for (let after = ''; ; ) {
    const rows = await prisma.message.findMany({
      where: { from: { in: addressesOf(address) }, sid: { gt: after } },
      include: { media: { include: { blob: true }, orderBy: { index: 'asc' } } },
      orderBy: { sid: 'asc' },
      take: PAGE,
    });
    for (const { media, ...message } of rows) {
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
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) break;
    after = last.sid;
  }
  yield '\n  ]\n}\n';
}
