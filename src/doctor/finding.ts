import { asError } from '../errors/caught.ts';

/** The result of one check. */
export interface Finding {
  name: string;
  /** `warning`: it works, but with a limitation. `skipped`: it could not be checked. */
  state: 'ok' | 'warning' | 'failed' | 'skipped';
  /** No secrets. */
  detail: string;
  /** What to do; null when there is nothing to do. */
  remedy: string | null;
}

/** Checks one thing without changing it. Problems are findings: they never make it reject. */
export type Check = () => Promise<Finding[]>;

export function ok(name: string, detail: string): Finding {
  return { name, state: 'ok', detail, remedy: null };
}

export function problem(
  state: 'warning' | 'failed' | 'skipped',
  name: string,
  detail: string,
  remedy: string | null,
): Finding {
  return { name, state, detail, remedy };
}

/** Formats a finding for the terminal. */
export function formatFinding({ name, state, detail, remedy }: Finding): string {
  const line = `  ${state.padEnd(8)} ${name}: ${detail}`;
  return remedy === null ? line : `${line}\n${' '.repeat(11)}${remedy}`;
}

/** An HTTP answer, or why there was none. */
export type Answer =
  | { problem: null; status: number; headers: Headers; json: Record<string, unknown> }
  | { problem: string };

const ASK_TIMEOUT_MS = 10_000;

/**
 * Sends one request. Redirects are returned, not followed, because credentials must not be sent to the
 * target.
 *
 * @returns `json` is empty when the body is not a JSON object
 */
export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  try {
    const signal = AbortSignal.timeout(ASK_TIMEOUT_MS);
    const response = await fetch(url, { ...init, redirect: 'manual', signal });
    const { status, headers } = response;
    return { problem: null, status, headers, json: readObject(await response.text()) };
  } catch (error) {
    return { problem: `no answer from ${new URL(url).origin}: ${reasonOf(error)}` };
  }
}

function readObject(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/** `fetch` has the reason (DNS, certificate, connection refused) only in the error's `cause`. */
function reasonOf(error: unknown): string {
  const { message, cause } = asError(error);
  const { code, message: inner } = Object(cause) as { code?: string; message?: string };
  return code ?? inner ?? message;
}
