import { ask, type Finding, ok, problem } from './finding.ts';

const NAME = 'clock';
const MAX_SECONDS = 60;

/** Compares this machine's clock with the `Date` header of Twilio's answers, which has whole seconds. */
export async function checkClock(apiBaseUrl: string): Promise<Finding> {
  const began = Date.now();
  const answer = await ask(apiBaseUrl);
  if (answer.problem !== null) return problem('skipped', NAME, answer.problem, null);
  const theirs = Date.parse(answer.headers.get('date') ?? '');
  if (Number.isNaN(theirs)) return problem('skipped', NAME, 'the answer has no Date header', null);
  const seconds = Math.round(((began + Date.now()) / 2 - theirs) / 1000);
  const detail = `${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} ${new URL(apiBaseUrl).host}`;
  if (Math.abs(seconds) <= MAX_SECONDS) return ok(NAME, detail);
  return problem(
    'warning',
    NAME,
    detail,
    'Synchronize the clock (NTP): the expiry of links and the dates of messages depend on it.',
  );
}
