import { createHash } from 'node:crypto';
import type { Database } from '../database/database.ts';
import { createGroupedLookup } from '../database/grouped-lookup.ts';
import type { ApiKey, Role } from '../generated/prisma/client.ts';
import { equalInConstantTime } from './equal-in-constant-time.ts';

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
}

// Last use is a hint for people: a write per request would cost more than it tells.
const LAST_USE_RESOLUTION_MS = 60_000;
// As `createKeyManagement` makes them. Anything else is nobody's, and needs no look into the database.
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
