import type { MediaState, Moderation, Prisma } from '../generated/prisma/client.ts';

/** Which media: all of the filters together. */
export interface MediaFilter {
  state?: MediaState | undefined;
  moderation?: Moderation | undefined;
  from?: string | undefined;
  to?: string | undefined;
  /** A content type or its beginning. */
  contentType?: string | undefined;
  messageSid?: string | undefined;
  receivedAfter?: Date | undefined;
  receivedBefore?: Date | undefined;
}

/** The rows of a filter. Deleted media are among them only where somebody asks for them. */
export function mediaWhere({
  state,
  moderation,
  from,
  to,
  contentType,
  messageSid,
  receivedAfter,
  receivedBefore,
}: MediaFilter): Prisma.MediaWhereInput {
  return {
    state: state ?? { not: 'deleted' },
    ...(moderation === undefined ? {} : { moderation }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(messageSid === undefined ? {} : { messageSid }),
    ...(contentType === undefined ? {} : { contentType: { startsWith: literally(contentType) } }),
    receivedAt: {
      ...(receivedAfter === undefined ? {} : { gte: receivedAfter }),
      ...(receivedBefore === undefined ? {} : { lt: receivedBefore }),
    },
  };
}

/** Prisma makes a LIKE pattern of it, in which _ would stand for any character. */
function literally(prefix: string): string {
  return prefix.replaceAll(/[\\%_]/g, '\\$&');
}
