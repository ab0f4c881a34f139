import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { recordAudit } from '../audit/record-audit.ts';
import type { Database } from '../database/database.ts';
import { createGroupedLookup } from '../database/grouped-lookup.ts';
import { AppError } from '../errors/app-error.ts';
import type { ApiKey, Role } from '../generated/prisma/client.ts';

/** Who calls: a key's name and what it may do. */
export interface Caller {
  /** Null for `ADMIN_API_KEY`. */
  keyId: string | null;
  /** SHA-256 of its secret, in hexadecimal digits. */
  secretHash: string;
  name: string;
  role: Role;
}

export interface ApiKeys {
  /** Who has this secret; null for nobody, or one who was revoked. */
  authenticate(secret: string): Promise<Caller | null>;
  /** The holder of a key that let somebody in before; null for one who was revoked since. */
  find(keyId: Caller['keyId']): Promise<Caller | null>;
  /**
   * Makes a key. The secret is told this once and not kept.
   *
   * @param actor who does it, for the audit log
   * @throws AppError `conflict` when the name is taken
   */
  create(name: string, role: Role, actor: string): Promise<{ id: string; secret: string }>;
  list(): Promise<Omit<ApiKey, 'secretHash'>[]>;
  /** @throws AppError `not_found` */
  revoke(name: string, actor: string): Promise<void>;
}

// Last use is a hint for people: a write per request would cost more than it tells.
const LAST_USE_RESOLUTION_MS = 60_000;
// As `create` makes them. Anything else is nobody's, and needs no look into the database.
const SECRET = /^mmsi_[A-Za-z0-9_-]{43}$/;

/** @param adminApiKey the bootstrap key of the configuration, with every right */
export function createApiKeys(database: Database, adminApiKey: string | undefined): ApiKeys {
  const { apiKey } = database.prisma;
  const admin: Caller | null =
    adminApiKey === undefined
      ? null
      : {
          keyId: null,
          secretHash: hashSecret(adminApiKey),
          name: 'ADMIN_API_KEY',
          role: 'admin',
        };

  // Anybody may ask with any secret: those who ask at once share a statement.
  const findKey = createGroupedLookup<ApiKey>(async (hashes) => {
    const keys = await apiKey.findMany({ where: { secretHash: { in: [...new Set(hashes)] } } });
    return new Map(keys.map((key) => [key.secretHash, key]));
  });

  async function use(key: ApiKey | null | undefined): Promise<Caller | null> {
    if (key == null || key.revokedAt !== null) return null;
    const { id, name, role, secretHash } = key;
    const lastUsed = key.lastUsedAt?.getTime() ?? 0;
    if (Date.now() - lastUsed > LAST_USE_RESOLUTION_MS) {
      await apiKey.updateMany({ where: { id }, data: { lastUsedAt: new Date() } });
    }
    return { keyId: id, secretHash, name, role };
  }

  return {
    async authenticate(secret) {
      const secretHash = hashSecret(secret);
      if (admin !== null && isSame(secretHash, admin.secretHash)) return admin;
      return SECRET.test(secret) ? use(await findKey(secretHash)) : null;
    },
    async find(keyId) {
      if (keyId === null) return admin;
      return use(await apiKey.findUnique({ where: { id: keyId } }));
    },
    async create(name, role, actor) {
      const secret = `mmsi_${randomBytes(32).toString('base64url')}`;
      const id = randomBytes(8).toString('hex');
      await database.prisma.$transaction(async (tx) => {
        const { count } = await tx.apiKey.createMany({
          data: [{ id, name, role, secretHash: hashSecret(secret) }],
          skipDuplicates: true,
        });
        if (count === 0)
          throw new AppError(
            'conflict',
            'There is or was a key of this name; names are not used again.',
          );
        await recordAudit(tx, [{ actor, action: 'key.create', target: name, after: { role } }]);
      });
      return { id, secret };
    },
    list: () => apiKey.findMany({ omit: { secretHash: true }, orderBy: { createdAt: 'asc' } }),
    revoke: (name, actor) =>
      database.prisma.$transaction(async (tx) => {
        const { count } = await tx.apiKey.updateMany({
          where: { name, revokedAt: null },
          data: { revokedAt: new Date() },
        });
        if (count === 0) throw new AppError('not_found', 'There is no valid key of this name.');
        await recordAudit(tx, [{ actor, action: 'key.revoke', target: name }]);
      }),
  };
}

function isSame(hash: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(hash), Buffer.from(other));
}

function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
