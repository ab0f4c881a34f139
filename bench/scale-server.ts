import { appendFileSync } from 'node:fs';
import pg from 'pg';

// The server of `bench/scale.ts`: src/main.ts, whose statements are written to BENCH_STATEMENTS with the
// time each took, as lines of JSON: { "ms": …, "text": … }. Waiting for a connection is not in it.

const MIN_MS = 5;
const file = process.env.BENCH_STATEMENTS ?? '';
const { query } = pg.Client.prototype;

pg.Client.prototype.query = function timed(this: pg.Client, ...parameters: unknown[]) {
  const [first] = parameters;
  const text = typeof first === 'string' ? first : (Object(first).text ?? '');
  const startedAt = performance.now();
  const note = () => {
    const ms = performance.now() - startedAt;
    if (ms >= MIN_MS) appendFileSync(file, `${JSON.stringify({ ms, text: text.slice(0, 400) })}\n`);
  };
  const callback = parameters.at(-1);
  if (typeof callback === 'function') {
    parameters[parameters.length - 1] = (...results: unknown[]) => {
      note();
      callback(...results);
    };
    return Reflect.apply(query, this, parameters);
  }
  const answer = Reflect.apply(query, this, parameters);
  Promise.resolve(answer).then(note, note);
  return answer;
} as typeof query;

await import('../src/main.ts');
