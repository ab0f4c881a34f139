import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Command } from 'commander';
import { afterEach, expect, it } from 'vitest';
import { addSimulateCommand } from '../../../src/cli/simulate-command.ts';
import { startDeployment } from '../../support/test-deployment.ts';
import { ACCOUNT } from '../../support/test-simulator.ts';

afterEach(() => {
  process.exitCode = undefined;
});

async function run(args: string[], defaults: { accountSid?: string; authToken?: string } = {}) {
  let output = '';
  const write = (text: string): void => {
    output += text;
  };
  const program = new Command()
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: write });
  addSimulateCommand(program, defaults);
  const done = program.parseAsync(['simulate', ...args], { from: 'user' });
  const failure = await done.then(
    () => null,
    (error: { code: string }) => error.code,
  );
  return { output, failure };
}

const ANY_PORTS = ['--api-port', '0', '--media-port', '0'];

it('simulates with the account of the environment, and sets the exit code', async () => {
  const { url } = await startDeployment({ tries: 2 });
  const { output } = await run(
    ['--url', url, '--count', '2', '--not-found', '1', '--from', '+14155550199', ...ANY_PORTS],
    { accountSid: ACCOUNT.sid, authToken: ACCOUNT.authToken },
  );
  expect(output).toContain('2/2 webhooks answered 200, 3/3 attachments fetched\n');
  expect(process.exitCode).toBe(0);
});

it('sends what WhatsApp, RCS and groups add, and no attachments where Twilio sends none', async () => {
  const { url, received } = await startDeployment({ tries: 1 });
  const { output } = await run(
    ['--url', url, '--count', '9', '--details', '--from', '+14155550199', ...ANY_PORTS],
    { accountSid: ACCOUNT.sid, authToken: ACCOUNT.authToken },
  );
  expect(output).toContain('9/9 webhooks answered 200, 9/9 attachments fetched\n');
  const forms = received.map(({ body }) => new URLSearchParams(body));
  for (const name of ['OtherRecipients0', 'ButtonPayload', 'ListId', 'Latitude', 'Forwarded']) {
    expect(forms.filter((form) => form.has(name))).toHaveLength(1);
  }
  expect(forms.find((form) => form.has('Latitude'))?.get('NumMedia')).toBe('0');
  expect(new Set(forms.map((form) => form.get('From')))).toEqual(
    new Set(['+14155550199', 'whatsapp:+14155550199', 'rcs:+14155550199']),
  );
});

it('falls back to a demo account, which a deployment of another account refuses', async () => {
  const { url, received } = await startDeployment({ tries: 1 });
  const { output } = await run(['--url', url, '--count', '1', ...ANY_PORTS]);
  const sid = /TWILIO_ACCOUNT_SID=(AC[0-9a-f]{32})/.exec(output)?.[1];
  expect(output).toMatch(/TWILIO_AUTH_TOKEN=[0-9a-f]{32}\n/);
  expect(new URLSearchParams(received[0]?.body).get('AccountSid')).toBe(sid);
  expect(process.exitCode).toBe(1);
});

it.each([
  [[], 'commander.missingMandatoryOptionValue'],
  [['--url', 'localhost'], 'commander.invalidArgument'],
  [['--url', 'http://localhost', '--count', '0'], 'commander.invalidArgument'],
  [['--url', 'http://localhost', '--api-port', '70000'], 'commander.invalidArgument'],
])('refuses the arguments %o', async (args, code) => {
  expect((await run(args)).failure).toBe(code);
});

it.each(['--api-port', '--media-port'])(
  'says which port is taken, and that %s changes it',
  async (option) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const port = String((other.address() as AddressInfo).port);
    const args = ['--url', 'http://127.0.0.1:2', ...ANY_PORTS, option, port];
    const run = execFile(process.execPath, ['src/cli.ts', 'simulate', ...args]);
    let said = '';
    run.stderr?.on('data', (text) => {
      said += text;
    });
    const [code] = await once(run, 'close');
    other.close();
    expect(said).toMatch(
      new RegExp(`^Something else listens on port ${port} of 127.0.0.1: .* ${option} .*\n$`),
    );
    expect(code).toBe(1);
  },
  60_000,
);

it('shows no token in its help', async () => {
  const { output } = await run(['--help'], { accountSid: ACCOUNT.sid, authToken: 'very-secret' });
  expect(output).toContain('--wrong-signatures');
  expect(output).not.toContain('very-secret');
});
