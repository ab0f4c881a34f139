import { WORK_MARKS } from './work-counts.ts';

// Parts of the frontend's side of PostgreSQL's protocol [PostgreSQL, message formats].
const HEADER_BYTES = 5;
const QUERY = 'Q'.charCodeAt(0);
const PARSE = 'P'.charCodeAt(0);
const BIND = 'B'.charCodeAt(0);
const EXECUTE = 'E'.charCodeAt(0);

const BEGIN = /^\s*(BEGIN|START TRANSACTION)\b[^;]*;?\s*$/i;
// A row lock writes as well; functions that a SELECT calls here do not.
const WRITES = /\b(INSERT|UPDATE|DELETE|MERGE|TRUNCATE|LOCK)\b/i;
const END = /^\s*(COMMIT|END|ROLLBACK(?!\s+TO))\b[^;]*;?\s*$/i;

/**
 * Reads what one session sends, and reports its statements and transactions, those that write apart. A text of
 * several statements counts as one, as it is one request.
 *
 * @param count called with a mark of each
 * @returns takes bytes that consist of whole messages; those before a session is open are passed over
 */
export function createStatementReader(
  count: (mark: string) => void,
): (messages: Uint8Array) => void {
  const prepared = new Map<string, string>();
  let bound = '';
  let isInTransaction = false;
  let hasWritten = false;

  function countStatement(text: string): void {
    if (BEGIN.test(text)) {
      isInTransaction = true;
    } else if (END.test(text)) {
      // One that was not open is what a new connection begins with.
      if (isInTransaction) countTransaction();
      isInTransaction = false;
    } else {
      count(WORK_MARKS.statement);
      hasWritten ||= WRITES.test(text);
      if (!isInTransaction) countTransaction();
    }
  }

  function countTransaction(): void {
    count(hasWritten ? WORK_MARKS.commit : WORK_MARKS.reading);
    hasWritten = false;
  }

  return (messages) => {
    const bytes = Buffer.from(messages.buffer, messages.byteOffset, messages.byteLength);
    for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
      const end = at + 1 + bytes.readInt32BE(at + 1);
      const body = bytes.subarray(at + HEADER_BYTES, end);
      switch (bytes[at]) {
        case 0:
          // A startup message has no type, and comes alone.
          return;
        case QUERY:
          countStatement(stringAt(body, 0));
          break;
        case PARSE: {
          const name = stringAt(body, 0);
          prepared.set(name, stringAt(body, Buffer.byteLength(name) + 1));
          break;
        }
        case BIND: {
          const portal = stringAt(body, 0);
          bound = prepared.get(stringAt(body, Buffer.byteLength(portal) + 1)) ?? '';
          break;
        }
        case EXECUTE:
          countStatement(bound);
          break;
      }
      at = end;
    }
  };
}

/** The text before the next zero byte. */
function stringAt(bytes: Buffer, from: number): string {
  return bytes.toString('utf8', from, bytes.indexOf(0, from));
}
