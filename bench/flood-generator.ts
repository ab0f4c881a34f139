import { once } from 'node:events';
import autocannon from 'autocannon';
import { type FloodKind, floodForm } from './flood-kinds.ts';

// Floods a webhook with requests that are refused until its standard input ends, then prints what it did as
// JSON: { "perSecond": …, "statuses": { "403": … } }. A process of its own, started by flood.ts.

const [url = '', connections = '', kind = ''] = process.argv.slice(2);
const run = autocannon({
  url,
  method: 'POST',
  connections: Number(connections),
  // Until it is stopped.
  duration: 3600,
  headers: {
    'content-type': 'application/x-www-form-urlencoded',
    'x-twilio-signature': 'Zm9yZ2VkIHNpZ25hdHVyZSE9PT0=',
  },
  body: floodForm(kind as FloodKind),
});
process.stdin.resume();
await once(process.stdin, 'end');
// Typed as a promise alone, but it is the instance that can be stopped, too.
(run as unknown as { stop(): void }).stop();
const { requests, duration, statusCodeStats, errors } = await run;
const statuses = Object.fromEntries(
  Object.entries(statusCodeStats ?? {}).map(([status, { count }]) => [status, count]),
);
console.log(JSON.stringify({ perSecond: requests.total / duration, statuses, errors }));
