import type { Prisma } from '../generated/prisma/client.ts';

/** A stored JSON value as an object; empty when it is not one. */
export function jsonObject(value: Prisma.JsonValue): Prisma.JsonObject;
export function jsonObject(value: unknown): Record<string, unknown>;
export function jsonObject(value: unknown): Record<string, unknown> {
  return isJsonObject(value) ? value : {};
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
