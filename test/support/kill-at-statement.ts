import pg from 'pg';

// Loaded into a server process before its own code (`--import`): kills it at a statement, as a crash would.
// KILL_AT is a regular expression for the statement's text, KILL_AFTER another one that an earlier statement of
// the same connection must have matched. With KILL_WHEN=after it dies once the statement was answered.

const { KILL_AT = '^$', KILL_AFTER, KILL_WHEN } = process.env;
const fatal = new RegExp(KILL_AT, 's');
const earlier = KILL_AFTER === undefined ? undefined : new RegExp(KILL_AFTER, 's');
const armed = new WeakSet<pg.Client>();

const original = pg.Client.prototype.query as (...args: unknown[]) => unknown;
function query(this: pg.Client, ...args: unknown[]): unknown {
  const [statement] = args as [string | { text?: string }];
  const text = (typeof statement === 'string' ? statement : statement.text) ?? '';
  const isFatal = fatal.test(text) && (earlier === undefined || armed.has(this));
  if (isFatal && KILL_WHEN !== 'after') process.kill(process.pid, 'SIGKILL');
  if (earlier?.test(text)) armed.add(this);
  const answer = original.apply(this, args);
  if (isFatal) void Promise.resolve(answer).then(() => process.kill(process.pid, 'SIGKILL'));
  return answer;
}
pg.Client.prototype.query = query as typeof pg.Client.prototype.query;
