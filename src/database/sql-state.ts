import { isDriverAdapterError, type MappedError } from '@prisma/driver-adapter-utils';

/**
 * What the driver adapter said of a failed statement, beneath Prisma's error or alone.
 *
 * @see MappedError of @prisma/driver-adapter-utils; Prisma 7 keeps it in `meta.driverAdapterError`
 */
export function driverError(
  error: unknown,
): (MappedError & { originalCode?: string; originalMessage?: string }) | undefined {
  const { meta } = Object(error) as { meta?: unknown };
  const { driverAdapterError } = Object(meta) as { driverAdapterError?: unknown };
  for (const candidate of [error, driverAdapterError]) {
    if (candidate instanceof Object && isDriverAdapterError(candidate)) return candidate.cause;
  }
  return undefined;
}

/** The SQLSTATE that PostgreSQL refused a statement with, such as `23505`; undefined of other errors. */
export function sqlStateOf(error: unknown): string | undefined {
  return driverError(error)?.originalCode;
}
