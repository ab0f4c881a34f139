import { parseArgs } from 'node:util';
import { asError } from '../src/errors/caught.ts';
import { type Load, simulateCapacity } from './capacity.ts';
import { MEASURED_COSTS } from './measured-costs.ts';
import { round } from './pipeline-report.ts';

// `npm run capacity`: what a load takes of processors, database and disk, and which of them is full first, by what
// `npm run bench:pipeline` measured for one attachment (bench/measured-costs.ts, docs/scaling.md).
//
//   npm run capacity -- --messages 200000 --megabytes 0.5 --replicas 3

const OPTIONS = {
  messages: { field: 'messagesPerDay', otherwise: 100_000 },
  attachments: { field: 'attachmentsPerMessage', otherwise: 1 },
  megabytes: { field: 'megabytes', otherwise: 0.4 },
  peak: { field: 'peakShare', otherwise: 0.1 },
  replicas: { field: 'replicas', otherwise: 1 },
  cores: { field: 'coresPerReplica', otherwise: 4 },
  'database-cores': { field: 'databaseCores', otherwise: 4 },
  syncs: { field: 'syncsPerSecond', otherwise: 1000 },
  megabits: { field: 'megabitsPerSecond', otherwise: 1000 },
} as const satisfies Record<string, { field: keyof Load; otherwise: number }>;

const names = Object.keys(OPTIONS) as (keyof typeof OPTIONS)[];
const USAGE = `options, each with a number above 0: ${names.map((name) => `--${name}`).join(' ')}`;

/** @throws Error that says which option is wrong */
function readLoad(): Load {
  const { values } = parseArgs({
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
  });
  const fields = names.map((name) => {
    const { field, otherwise } = OPTIONS[name];
    const value = Number(values[name] ?? otherwise);
    if (!(value > 0)) throw new Error(`--${name} is a number above 0`);
    return [field, value];
  });
  return Object.fromEntries(fields);
}

/** Ends the process with 2, without a stack, for a wrong option. */
function readLoadOrExit(): Load {
  try {
    return readLoad();
  } catch (error) {
    console.error(`${asError(error).message}\n${USAGE}`);
    process.exit(2);
  }
}

const load = readLoadOrExit();
const { ceilings, ...needs } = simulateCapacity(MEASURED_COSTS, load);
console.log(`input (${USAGE})`);
console.table(load);
console.log('in the busiest hour, and in a month of 30 days');
console.table(
  Object.fromEntries(Object.entries(needs).map(([name, value]) => [name, round(value, 2)])),
);
console.log(
  'share of each that is used in the busiest hour; full at 0.7 of it, with so many messages a day',
);
console.table(
  ceilings.map(({ name, used, atMessagesPerDay }) => ({
    ceiling: name,
    used: round(used, 3),
    'messages a day': atMessagesPerDay,
  })),
);
