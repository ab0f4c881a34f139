import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { isPublicAddress } from '../../../src/net/address-guard.ts';
import {
  createGuardedConnector,
  createGuardedLookup,
  type Resolve,
} from '../../../src/net/guarded-connector.ts';

const agents: Agent[] = [];
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.destroy()));
});

describe('createGuardedLookup', () => {
  const look = (addresses: string[], options: LookupOptions) =>
    new Promise<unknown>((done, fail) => {
      const guarded = createGuardedLookup(isPublicAddress, answering(addresses).resolve);
      guarded('cdn.example', options, (error, address, family) => {
        if (error) fail(error);
        else done(options.all ? address : [address, family]);
      });
    });

  it('passes public addresses on in both shapes that Node asks for', async () => {
    const both = ['8.8.8.8', '2606:4700::1111'];
    expect(await look(both, { all: true })).toEqual([
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ]);
    expect(await look(both, { all: false })).toEqual(['8.8.8.8', 4]);
  });

  it.each([
    ['loopback', ['127.0.0.1']],
    ['metadata', ['169.254.169.254']],
    ['IPv6 loopback', ['::1']],
    ['public first, private second', ['8.8.8.8', '10.0.0.1']],
    ['private first, public second', ['fd00::1', '8.8.8.8']],
    ['no address at all', []],
  ])('refuses a name with %s', async (_, addresses) => {
    const refused = { name: 'ConnectError', code: 'refused-address' };
    await expect(look(addresses, { all: true })).rejects.toMatchObject(refused);
    await expect(look(addresses, { all: false })).rejects.toMatchObject(refused);
  });

  it('passes the resolver’s own error on', async () => {
    const guarded = createGuardedLookup(isPublicAddress, failing('ENOTFOUND'));
    const error = await new Promise((done) => guarded('cdn.example', {}, done));
    expect(error).toMatchObject({ code: 'ENOTFOUND' });
  });

  it('uses the system’s resolver by itself', async () => {
    const guarded = createGuardedLookup(isPublicAddress);
    const error = await new Promise((done) => guarded('localhost', { all: true }, done));
    expect(error).toMatchObject({ code: 'refused-address' });
  });
});

describe('createGuardedConnector', () => {
  it.each([
    ['127.0.0.1', 'dotted'],
    ['127.1', 'short'],
    ['2130706433', 'decimal'],
    ['0x7f000001', 'hexadecimal'],
    ['0x7f.0.0.1', 'partly hexadecimal'],
    ['0177.0.0.1', 'octal'],
    ['１２７.0.0.1', 'full-width'],
    ['[::1]', 'IPv6'],
    ['[::ffff:127.0.0.1]', 'mapped'],
    ['0.0.0.0', 'unspecified'],
    ['localhost', 'by name'],
  ])('never reaches a server on this machine as %s (%s)', async (host) => {
    const server = await countingServer();
    const answer = ask(`http://${host}:${server.port}/`, connector(new Set(), lookup as Resolve));
    await expect(answer).rejects.toMatchObject({ code: 'refused-address' });
    expect(server.connections()).toBe(0);
  });

  it.each([['169.254.169.254'], ['[fd00:ec2::254]'], ['10.0.0.1']])(
    'refuses the literal address %s',
    async (host) => {
      const answer = ask(`http://${host}/`, connector(new Set()));
      await expect(answer).rejects.toMatchObject({ code: 'refused-address' });
    },
  );

  it('refuses a listed name that leads to cloud metadata', async () => {
    const metadata = answering(['169.254.169.254']).resolve;
    const answer = ask('http://cdn.example/', connector(new Set(['cdn.example:80']), metadata));
    await expect(answer).rejects.toMatchObject({ code: 'refused-address' });
  });

  it('reaches a listed host and port on this machine, literal or by name', async () => {
    const server = await countingServer();
    const local = answering(['127.0.0.1']);
    const listed = new Set([`127.0.0.1:${server.port}`, `sim.example:${server.port}`]);
    const connect = connector(listed, local.resolve);
    expect(await ask(`http://127.0.0.1:${server.port}/`, connect)).toBe(204);
    expect(await ask(`http://sim.example:${server.port}/`, connect)).toBe(204);
  });

  it('does not let one listed port open the others', async () => {
    const server = await countingServer();
    const listed = new Set([`127.0.0.1:${server.port + 1}`]);
    const answer = ask(`http://127.0.0.1:${server.port}/`, connector(listed));
    await expect(answer).rejects.toMatchObject({ code: 'refused-address' });
    expect(server.connections()).toBe(0);
  });

  it('looks a name up once, so that it cannot change between check and connection', async () => {
    const server = await countingServer();
    const local = answering(['127.0.0.1']);
    const connect = connector(new Set([`sim.example:${server.port}`]), local.resolve);
    await ask(`http://sim.example:${server.port}/`, connect);
    expect(local.calls()).toBe(1);
    expect(server.connections()).toBe(1);
  });

  it('tells a failed lookup from a failed connection', async () => {
    const server = await countingServer();
    const listed = new Set([`sim.example:${server.port}`]);
    const lost = ask(`http://sim.example:${server.port}/`, connector(listed, failing('EAI_AGAIN')));
    await expect(lost).rejects.toMatchObject({ name: 'ConnectError', code: 'dns-failed' });

    await server.stop();
    const local = answering(['127.0.0.1']).resolve;
    const closed = ask(`http://sim.example:${server.port}/`, connector(listed, local));
    await expect(closed).rejects.toMatchObject({ name: 'ConnectError', code: 'connect-failed' });
  });
});

function connector(listed: ReadonlySet<string>, resolve?: Resolve) {
  return createGuardedConnector(listed, 5000, resolve);
}

async function ask(url: string, connect: ReturnType<typeof connector>): Promise<number> {
  const agent = new Agent({ connect });
  agents.push(agent);
  const answer = await request(url, { dispatcher: agent });
  await answer.body.dump();
  return answer.statusCode;
}

function answering(addresses: string[]): { resolve: Resolve; calls: () => number } {
  let calls = 0;
  const found: LookupAddress[] = addresses.map((address) => ({
    address,
    family: address.includes(':') ? 6 : 4,
  }));
  const resolve: Resolve = (_hostname, _options, callback) => {
    calls += 1;
    callback(null, found);
  };
  return { resolve, calls: () => calls };
}

function failing(code: string): Resolve {
  return (hostname, _options, callback) => {
    const error = new Error(`getaddrinfo ${code} ${hostname}`);
    callback(Object.assign(error, { code, syscall: 'getaddrinfo' }), []);
  };
}

async function countingServer() {
  let connections = 0;
  const server = createServer((_request, response) => response.writeHead(204).end());
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const stop = () =>
    new Promise<void>((stopped) => {
      server.close(() => stopped());
      server.closeAllConnections();
    });
  onTestFinished(stop);
  const { port } = server.address() as AddressInfo;
  return { port, connections: () => connections, stop };
}
