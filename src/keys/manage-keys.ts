import { randomBytes } from 'node:crypto';
import { recordAudit } from '../audit/record-audit.ts';
import { hashSecret } from '../auth/api-keys.ts';
import { isUnexpired } from '../auth/sessions.ts';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import { createdPage } from '../http/created-page.ts';
import type { Page } from '../http/paging.ts';
import type { KeyItem, KeyListQuery, NewKey } from './keys-operations.ts';

/** Creates, lists and revokes API keys; each change is in the audit log. */
export interface KeyManagement {
  /**
   * Creates a key. The secret is returned only here and not stored.
   *
   * @param actor for the audit log
   * @throws AppError `conflict` when the name is taken
   */
  create(key: NewKey, actor: string): Promise<{ id: string; secret: string }>;
  /** One page, oldest first. */
  list(query: KeyListQuery): Promise<Page<KeyItem>>;
  /**
   * Counts what ends with a key; nothing is changed or recorded.
   *
   * @throws AppError `not_found`
   */
  countRevocation(name: string): Promise<{ sessions: number }>;
  /** @throws AppError `not_found` */
  revoke(name: string, actor: string): Promise<void>;
}

export function createKeyManagement(database: Database): KeyManagement {
  const { apiKey } = database.prisma;
  return {
    async create({ name, role, numbers, queues }, actor) {
      const secret = `mmsi_${randomBytes(32).toString('base64url')}`;
      const id = randomBytes(8).toString('hex');
      await database.prisma.$transaction(async (tx) => {
        const { count } = await tx.apiKey.createMany({
          data: [{ id, name, role, numbers, queues, secretHash: hashSecret(secret) }],
          skipDuplicates: true,
        });
        if (count === 0)
          throw new AppError(
            'conflict',
            'A key with this name exists or existed; names cannot be reused.',
          );
        // Numbers are not for the audit log.
        const after = { role, queues };
        await recordAudit(tx, [{ actor, action: 'key.create', target: name, after }]);
      });
      return { id, secret };
    },
    list: (query) =>
      createdPage(query, (select) => apiKey.findMany({ ...select, omit: { secretHash: true } })),
    async countRevocation(name) {
      const key = await apiKey.findFirst({ where: { name, revokedAt: null } });
      if (key === null) throw noSuchKey();
      const [{ sessions }] = await database.prisma.$queryRaw<[{ sessions: number }]>`
        SELECT count(*)::int AS sessions FROM session WHERE key_id = ${key.id} AND ${isUnexpired}`;
      return { sessions };
    },
    revoke: (name, actor) =>
      database.prisma.$transaction(async (tx) => {
        const { count } = await tx.apiKey.updateMany({
          where: { name, revokedAt: null },
          data: { revokedAt: new Date() },
        });
        if (count === 0) throw noSuchKey();
        await recordAudit(tx, [{ actor, action: 'key.revoke', target: name }]);
      }),
  };
}

function noSuchKey(): AppError {
  return new AppError('not_found', 'There is no valid key of this name.');
}
