import { once } from 'node:events';
import autocannon from 'autocannon';

// Floods a webhook with wrong signatures until its standard input ends, then prints what it did as
// JSON: { "perSecond": …, "statuses": { "403": … } }. A process of its own, started by flood.ts.

const [url = '', connections = ''] = process.argv.slice(2);
const form = new URLSearchParams({
  MessageSid: `MM${'0'.repeat(32)}`,
  AccountSid: `AC${'ab'.repeat(16)}`,
  From: '+15550100001',
  To: '+15550109999',
  Body: 'A picture for you',
  NumMedia: '0',
});
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
  body: form.toString(),
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
