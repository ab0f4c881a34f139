import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Database, Transaction } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import { type IdempotencyKey, Prisma } from '../generated/prisma/client.ts';
import { accepted } from './accepted.ts';
import { validate } from './validate.ts';

/** A JSON answer that is kept, to be given again. */
const keptAnswer = z.strictObject({
  status: z.int(),
  location: z.string(),
  body: z.record(z.string(), z.unknown()),
});

type KeptAnswer = z.output<typeof keptAnswer>;

/** Keeps the answer of an act in the act's transaction. It may wait for another request with the same key. */
export type KeepAnswer = (tx: Transaction, answer: KeptAnswer) => Promise<void>;

/** Acts that a client may request again when it does not know whether the first request arrived. */
export interface Idempotency {
  /**
   * Answers the request with what `act` returns, or with the answer to an earlier request of the same caller
   * with the same `Idempotency-Key`. Without the header every request is a new one.
   *
   * @param operation its id, and `caller` whose keys they are
   * @param input what the request asks for, as JSON
   * @throws AppError `idempotency_key_reused` when the earlier request asked for something else
   */
  answerOnce(
    call: { operation: string; caller: string; request: Request; response: Response },
    input: unknown,
    act: (keep: KeepAnswer) => Promise<KeptAnswer>,
  ): Promise<void>;
}

const HEADER = 'Idempotency-Key';
const FORMAT = '1 to 200 printable ASCII characters';
const keyHeader = z.strictObject({
  [HEADER]: z.string().regex(/^[\x20-\x7e]{1,200}$/, FORMAT),
});

/** Longer than clients retry, in hours. */
const KEPT_HOURS = 24;
// By the database's clock, because those of the processes may differ.
const isExpired = Prisma.sql`
  idempotency_key.created_at < now() - make_interval(hours => ${KEPT_HOURS}::int)`;

/**
 * Another request with this key has committed meanwhile. The act may have found that first: what it would do is done.
 */
class KeyTaken extends Error {
  constructor() {
    super('Another request with this idempotency key has committed');
    this.name = 'KeyTaken';
  }
}

export function createIdempotency({ prisma }: Database): Idempotency {
  async function findAnswer(id: string, input: string): Promise<KeptAnswer | null> {
    const [row] = await prisma.$queryRaw<Pick<IdempotencyKey, 'input' | 'answer'>[]>`
      SELECT input, answer FROM idempotency_key WHERE id = ${id} AND NOT ${isExpired}`;
    if (row === undefined) return null;
    if (row.input === input) return keptAnswer.parse(row.answer);
    throw new AppError(
      'idempotency_key_reused',
      `This ${HEADER} was used for another request. Use a new one for each.`,
    );
  }

  async function keep(tx: Transaction, id: string, input: string, answer: KeptAnswer) {
    // Waits for a transaction that has inserted the same key.
    const count = await tx.$executeRaw`
      INSERT INTO idempotency_key (id, input, answer)
      VALUES (${id}, ${input}, ${JSON.stringify(answer)}::jsonb)
      ON CONFLICT (id) DO UPDATE
        SET input = excluded.input, answer = excluded.answer, created_at = excluded.created_at
        WHERE ${isExpired}`;
    if (count === 0) throw new KeyTaken();
  }

  return {
    async answerOnce({ operation, caller, request, response }, input, act) {
      const header = request.get(HEADER);
      if (header === undefined) return send(response, await act(async () => undefined));
      const { [HEADER]: key } = validate(keyHeader, { [HEADER]: header });
      const id = sha256(JSON.stringify([operation, caller, key]));
      // With the key, which is stored nowhere: nobody can tell from the hash what was asked for.
      const hash = sha256(JSON.stringify([key, input]));
      const earlier = await findAnswer(id, hash);
      if (earlier !== null) return replay(response, earlier);
      try {
        send(response, await act((tx, answer) => keep(tx, id, hash, answer)));
      } catch (error) {
        const isConflict = error instanceof AppError && error.status === 409;
        if (!(error instanceof KeyTaken || isConflict)) throw error;
        const answer = await findAnswer(id, hash);
        if (answer === null) throw error;
        replay(response, answer);
      }
    },
  };
}

/** Removes the answers that are not given again. */
export async function removeExpiredAnswers({ prisma }: Database): Promise<void> {
  await prisma.$executeRaw`DELETE FROM idempotency_key WHERE ${isExpired}`;
}

function replay(response: Response, answer: KeptAnswer): void {
  send(response.set('Idempotency-Replayed', 'true'), answer);
}

function send(response: Response, { status, location, body }: KeptAnswer): void {
  const started = status === 202 ? accepted(response) : response.status(status);
  started.location(location).json(body);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
