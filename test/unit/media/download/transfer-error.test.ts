import { expect, it } from 'vitest';
import { transferError } from '../../../../src/media/download/download-error.ts';
import { ConnectError } from '../../../../src/net/guarded-connector.ts';

const running = new AbortController().signal;

it.each([
  ['refused-address', 'give-up'],
  ['dns-failed', 'retry'],
  ['timeout-connect', 'retry'],
  ['connect-failed', 'retry'],
] as const)('no connection (%s) keeps its code and words: %s', (code, retry) => {
  const cause = new Error('of the library');
  const error = transferError(new ConnectError(code, 'No connection', { cause }), running);
  expect(error).toMatchObject({
    name: 'DownloadError',
    code,
    retry,
    message: 'No connection',
    cause,
  });
});

it.each(['ECONNRESET', 'EPIPE', 'ETIMEDOUT'])('%s in mid-transfer is a file cut short', (code) => {
  const cause = Object.assign(new Error(`read ${code}`), { code });
  expect(transferError(cause, running)).toMatchObject({ code: 'cut-short', retry: 'retry', cause });
});

it.each([[new Error('?')], ['thrown text'], [null], [undefined]])(
  'what nobody foresaw (%s) is kept as the cause, to be tried again',
  (cause) => {
    const error = transferError(cause, running);
    expect(error).toMatchObject({ code: 'unexpected', retry: 'retry' });
    expect(error.cause).toBe(cause);
  },
);

it('blames the stop for whatever fails after it', () => {
  const error = transferError(new Error('socket closed'), AbortSignal.abort('shutting down'));
  expect(error).toMatchObject({ code: 'aborted', retry: 'retry', cause: 'shutting down' });
});
