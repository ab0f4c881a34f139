/** A stored JSON value as an object; empty where it is none. */
export function jsonObject(value: unknown): Record<string, unknown> {
  return isJsonObject(value) ? value : {};
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
