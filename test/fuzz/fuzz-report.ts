import type { Outcome } from './fuzz-batch.ts';
import { inMib, type MemoryWatch } from './fuzz-memory.ts';
import type { FuzzedServer } from './fuzzed-server.ts';

const MAX_LINES = 60;
const MAX_LINE = 1000;

/**
 * Prints what came of a run; the last line is `N passed, M failed`.
 *
 * @param problems of the run as a whole
 * @returns whether all went well, which nothing does that did not run
 */
export function report(
  outcomes: Outcome[],
  problems: string[],
  watch: MemoryWatch,
  server: FuzzedServer,
): boolean {
  const previews = outcomes.flatMap(({ media }) => media?.preview ?? []);
  console.log(`\n${outcomes.length} mutated files`);
  printCounts(
    'by kind',
    previews.map(({ kind }) => kind),
  );
  printCounts(
    'by reason',
    previews.flatMap(({ reason }) => reason ?? []),
  );
  printCounts('warnings of the server', server.warnings);
  const { warm, end, most, problems: grown } = watch.verdict();
  for (const part of ['server', 'children'] as const) {
    const memory = [warm, end, most].map((at) => inMib(at[part]));
    console.log(
      `memory of ${part}: ${memory[0]} warmed up, ${memory[1]} at the end, ${memory[2]} at most`,
    );
  }
  const slowest = outcomes.toSorted((a, b) => b.ms - a.ms)[0];
  if (slowest)
    console.log(`slowest batch: ${Math.round(slowest.ms)} ms, with seed ${slowest.file.seed}`);

  const failures = outcomes.filter(({ failure }) => failure !== null);
  const wrong = [
    ...(outcomes.length === 0 ? ['nothing ran'] : []),
    ...grown,
    ...failures.map(({ file, failure }) => `${file.name}, seed ${file.seed}: ${failure}`),
    ...problems,
  ];
  for (const line of wrong.slice(0, MAX_LINES)) console.log(`FAILED ${line.slice(0, MAX_LINE)}`);
  if (wrong.length > MAX_LINES) console.log(`and ${wrong.length - MAX_LINES} more`);
  console.log(`${outcomes.length - failures.length} passed, ${wrong.length} failed`);
  return wrong.length === 0;
}

function printCounts(title: string, values: string[]): void {
  console.log(`${title}:`);
  const counts = Object.groupBy(values, (value) => value);
  const rows = Object.entries(counts).map(([value, all = []]) => [value, all.length] as const);
  for (const [value, count] of rows.sort(([, a], [, b]) => b - a))
    console.log(`  ${String(count).padStart(6)} ${value}`);
}
