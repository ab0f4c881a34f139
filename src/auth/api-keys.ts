import { createHash } from 'node:crypto';
import type { Database } from '../database/database.ts';
import { createGroupedLookup } from '../database/grouped-lookup.ts';
import type { ApiKey, Role } from '../generated/prisma/client.ts';
import { equalInConstantTime } from './equal-in-constant-time.ts';

/** The caller of a request: the name of a key and its role. */
export interface Caller {
  /** Null for `ADMIN_API_KEY`. */
  keyId: string | null;
  /** SHA-256 of its secret, in hexadecimal digits. */
  secretHash: string;
  name: string;
  role: Role;
}

export interface ApiKeys {
  /** The holder of the key with this secret; null for an unknown or revoked key. */
  authenticate(secret: string): Promise<Caller | null>;
  /** The holder of a key that was accepted before; null when it was revoked since. */
  find(keyId: Caller['keyId']): Promise<Caller | null>;
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
        };

  // Unauthenticated clients can send any secret, so concurrent requests share a statement.
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
      if (admin !== null && equalInConstantTime(secretHash, admin.secretHash)) return admin;
      return SECRET.test(secret) ? use(await findKey(secretHash)) : null;
    },
    async find(keyId) {
      if (keyId === null) return admin;
      return use(await apiKey.findUnique({ where: { id: keyId } }));
    },
  };
}

/** SHA-256 in hexadecimal digits: a secret has 256 random bits, so that no slow hash is needed. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
