import { describe, expect, it } from 'vitest';
import type { Resolve } from '../../../../src/net/guarded-connector.ts';
import { downloadFolder } from '../../../support/download-folder.ts';
import { closedOrigin, httpServer, tcpServer } from '../../../support/test-servers.ts';

describe('a connection', () => {
  const answering =
    (address: string): Resolve =>
    (_hostname, _options, callback) =>
      callback(null, [{ address, family: 4 }]);
  const failing: Resolve = (_hostname, _options, callback) => {
    const error = Object.assign(new Error('lost'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' });
    callback(error, []);
  };

  it('that nobody takes', async () => {
    const { failure } = await downloadFolder({ apiBaseUrl: await closedOrigin() });
    expect(await failure()).toMatchObject({ code: 'connect-failed', retry: 'retry' });
  });

  it('to a host that does not speak TLS where it should', async () => {
    const plain = await tcpServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nabc'));
    const { failure } = await downloadFolder({ apiBaseUrl: `https://${plain.hostPort}` });
    expect(await failure()).toMatchObject({ code: 'connect-failed', retry: 'retry' });
  });

  it('to a name that is not known', async () => {
    const { failure } = await downloadFolder({ apiBaseUrl: 'http://localhost:1' }, failing);
    expect(await failure()).toMatchObject({ code: 'dns-failed', retry: 'retry' });
  });

  it('that takes too long to make', async () => {
    const silent = { apiBaseUrl: 'http://localhost:1', timeouts: { connectMs: 50 } };
    const { failure } = await downloadFolder(silent, () => undefined);
    expect(await failure()).toMatchObject({ code: 'timeout-connect', retry: 'retry' });
  });

  it.each(['127.0.0.1', '169.254.169.254', '10.0.0.1'])(
    'to a listed media host whose name leads to %s',
    async (address) => {
      const location = 'https://mms.twiliocdn.com/file?sig=1';
      const api = await httpServer((_request, response) =>
        response.writeHead(307, { location }).end(),
      );
      const listed = { apiBaseUrl: api.origin, redirectHosts: ['mms.twiliocdn.com'] };
      const { failure } = await downloadFolder(listed, answering(address));
      const error = await failure();
      expect(error).toMatchObject({ code: 'refused-address', retry: 'give-up' });
      expect(error.message).not.toContain(address);
    },
  );

  it('to Twilio itself when its name leads to this machine', async () => {
    const twilio = { apiBaseUrl: 'https://api.twilio.com' };
    const { failure } = await downloadFolder(twilio, answering('127.0.0.1'));
    expect(await failure()).toMatchObject({ code: 'refused-address' });
  });
});

describe('time', () => {
  it('without an answer', async () => {
    const api = await httpServer(() => undefined);
    const { failure } = await downloadFolder({
      apiBaseUrl: api.origin,
      timeouts: { headersMs: 50 },
    });
    expect(await failure()).toMatchObject({ code: 'timeout-headers', retry: 'retry' });
  });

  it('between two pieces', async () => {
    const api = await httpServer((_request, response) => response.writeHead(200).write('abc'));
    const { failure } = await downloadFolder({ apiBaseUrl: api.origin, timeouts: { idleMs: 50 } });
    expect(await failure()).toMatchObject({ code: 'timeout-idle', retry: 'retry' });
  });

  it('in all, though pieces keep coming', async () => {
    const api = await httpServer((_request, response) => {
      const drip = setInterval(() => response.write('x'), 10);
      response.on('close', () => clearInterval(drip));
    });
    const timeouts = { totalMs: 200 };
    const { failure } = await downloadFolder({ apiBaseUrl: api.origin, timeouts });
    const error = await failure();
    expect(error).toMatchObject({ code: 'timeout-total', retry: 'retry' });
    expect(error.message).toContain('0.2 seconds');
  });

  it.each([
    ['a byte now and then', 'x', 'too-slow'],
    ['pieces enough', 'x'.repeat(1000), 'timeout-total'],
  ])('with %s', async (_name, piece, code) => {
    const api = await httpServer((_request, response) => {
      const drip = setInterval(() => response.write(piece), 10);
      response.on('close', () => clearInterval(drip));
    });
    const timeouts = { paceMs: 200, totalMs: 1000 };
    const { failure } = await downloadFolder({ apiBaseUrl: api.origin, timeouts });
    expect(await failure()).toMatchObject({ code, retry: 'retry' });
  });

  it('in all, before there is any connection', async () => {
    const silent = { apiBaseUrl: 'http://localhost:1', timeouts: { totalMs: 50, connectMs: 500 } };
    const { failure } = await downloadFolder(silent, () => undefined);
    expect(await failure()).toMatchObject({ code: 'timeout-total' });
  });
});

describe('a download that is stopped', () => {
  const slow = async () => {
    const arrived = Promise.withResolvers<void>();
    const api = await httpServer((_request, response) => {
      response.writeHead(200).write('abc', () => arrived.resolve());
    });
    return { ...(await downloadFolder({ apiBaseUrl: api.origin })), arrived: arrived.promise, api };
  };

  it('by its signal', async () => {
    const { failure, arrived } = await slow();
    const stop = new AbortController();
    const failed = failure({ signal: stop.signal });
    await arrived;
    stop.abort();
    expect(await failed).toMatchObject({ code: 'aborted', retry: 'retry' });
  });

  it('before it began', async () => {
    const { failure, api } = await slow();
    expect(await failure({ signal: AbortSignal.abort() })).toMatchObject({ code: 'aborted' });
    expect(api.requests).toEqual([]);
  });

  it('by closing the downloader, which then takes no more', async () => {
    const { download, failure, arrived, downloader } = await slow();
    let settled = false;
    const failed = download().catch((error: unknown) => {
      settled = true;
      return error;
    });
    await arrived;
    await downloader.close();
    expect(settled).toBe(true);
    expect(await failed).toMatchObject({ code: 'aborted', retry: 'retry' });
    expect(await failure()).toMatchObject({ code: 'aborted' });
  });
});
