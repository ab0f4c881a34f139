import { createHash } from 'node:crypto';
import type { Database } from '../database/database.ts';
import { createGroupedLookup } from '../database/grouped-lookup.ts';
import type { ApiKey, Role } from '../generated/prisma/client.ts';
import { equalInConstantTime } from './equal-in-constant-time.ts';

/** The caller of a request: the name and role of a key, or of a user of the sign-in proxy. */
export interface Caller {
  /** Null for `ADMIN_API_KEY`, and for users of the sign-in proxy. */
  keyId: string | null;
  /** SHA-256 of the key's secret, in hexadecimal digits; empty without a key. */
  secretHash: string;
  name: string;
  role: Role;
  work: Work;
}

/** What a caller works on at the moderators' desk. */
export interface Work {
  /** Recipients of messages; empty for all. */
  numbers: readonly string[];
  /** Names of queues; empty for all. */
  queues: readonly string[];
}

/** Of callers whose work is not sorted. */
export const ALL_WORK: Work = { numbers: [], queues: [] };

export interface ApiKeys {
  /** The holder of the key with this secret; null for an unknown or revoked key. */
  authenticate(secret: string): Promise<Caller | null>;
  /**
   * The holder of a key that was accepted before; null when it was revoked since.
   *
   * @param keyId null for `ADMIN_API_KEY`
   */
  find(keyId: string | null): Promise<Caller | null>;
}

// The time of the last use is only informational: a write per request is not worth its cost.
const LAST_USE_RESOLUTION_MS = 60_000;
// The format of `createKeyManagement`. Anything else is not a key and needs no database query.
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
          work: ALL_WORK,
        };

  // Unauthenticated clients can send any secret, so concurrent requests share a statement.
  const findKey = createGroupedLookup<ApiKey>(async (hashes) => {
    const keys = await apiKey.findMany({ where: { secretHash: { in: [...new Set(hashes)] } } });
    return new Map(keys.map((key) => [key.secretHash, key]));
  });

  // The sessions of a page send many requests at once.
  const findKeyById = createGroupedLookup<ApiKey>(async (ids) => {
    const keys = await apiKey.findMany({ where: { id: { in: [...new Set(ids)] } } });
    return new Map(keys.map((key) => [key.id, key]));
  });

  async function use(key: ApiKey | undefined): Promise<Caller | null> {
    if (key === undefined || key.revokedAt !== null) return null;
    const { id, name, role, secretHash, numbers, queues } = key;
    const lastUsed = key.lastUsedAt?.getTime() ?? 0;
    if (Date.now() - lastUsed > LAST_USE_RESOLUTION_MS) {
      await apiKey.updateMany({ where: { id }, data: { lastUsedAt: new Date() } });
    }
    return { keyId: id, secretHash, name, role, work: { numbers, queues } };
  }

  return {
    async authenticate(secret) {
      const secretHash = hashSecret(secret);
      if (admin !== null && equalInConstantTime(secretHash, admin.secretHash)) return admin;
      return SECRET.test(secret) ? use(await findKey(secretHash)) : null;
    },
    async find(keyId) {
      return keyId === null ? admin : use(await findKeyById(keyId));
    },
  };
}

/** SHA-256 in hexadecimal digits: a secret has 256 random bits, so that no slow hash is needed. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/**
 * Binds a session or a ticket to the key that it was made with: it is invalid once `ADMIN_API_KEY` has another
 * value. With the session's own secret, so that nobody who reads the database can guess a short key from it.
 */
export function hashWithKey(secret: string, { secretHash }: Caller): string {
  return hashSecret(`${secret}.${secretHash}`);
}
