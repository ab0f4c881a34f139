/** What one check found. */
export interface Finding {
  name: string;
  /** `warning`: it works, and less well than it could. `skipped`: it could not be told. */
  state: 'ok' | 'warning' | 'failed' | 'skipped';
  /** No secrets. */
  detail: string;
  /** What to do; null where there is nothing to do. */
  remedy: string | null;
}

/** Looks at one thing and changes nothing. Never rejects for what is wrong with it. */
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

/** For a terminal. */
export function formatFinding({ name, state, detail, remedy }: Finding): string {
  const line = `  ${state.padEnd(8)} ${name}: ${detail}`;
  return remedy === null ? line : `${line}\n${' '.repeat(11)}${remedy}`;
}
