import { describe, expect, it } from 'vitest';
import {
  deploymentUrls,
  runSimulation,
  type SimulationOptions,
} from '../../../src/simulator/run-simulation.ts';
import { startDeployment } from '../../support/test-deployment.ts';
import { startReceiver } from '../../support/test-receiver.ts';
import { ACCOUNT, startSimulator } from '../../support/test-simulator.ts';

async function simulate(url: string, options: Partial<SimulationOptions> = {}) {
  const lines: string[] = [];
  const exitCode = await runSimulation(
    {
      url,
      count: 3,
      concurrency: 2,
      accountSid: ACCOUNT.sid,
      authToken: ACCOUNT.authToken,
      host: '127.0.0.1',
      apiPort: 0,
      mediaPort: 0,
      ...options,
    },
    (line) => lines.push(line),
    new AbortController().signal,
  );
  return { exitCode, lines, summary: lines.at(-1) };
}

describe('runSimulation', () => {
  it('sends messages, says what the deployment needs, and waits until all is fetched', async () => {
    const { url, received } = await startDeployment({ tries: 1 });
    const { exitCode, lines, summary } = await simulate(url);
    expect(exitCode).toBe(0);
    expect(summary).toBe('3/3 webhooks answered 200, 6/6 attachments fetched');
    expect(received.map(({ path }) => path)).toEqual(Array(3).fill('/twilio/incoming'));
    expect(
      lines.filter((line) => /^MM\w{32} {2}\d attachments? {2}200 {2}\d+ ms$/.test(line)),
    ).toHaveLength(3);
    expect(lines).toContain('fetched 6/6');
    expect(lines).toContain(`  TWILIO_ACCOUNT_SID=${ACCOUNT.sid}`);
    expect(lines).toContain(`  PUBLIC_URL=${url}`);
    expect(lines.join('\n')).toMatch(/TWILIO_API_BASE_URL=http:.*\n {2}MEDIA_REDIRECT_HOSTS=127/);
    expect(lines.join('\n')).not.toContain(ACCOUNT.authToken);
  });

  it('is content with a deployment that overcomes the faults', async () => {
    const { url } = await startDeployment({ tries: 4 });
    const faults = { notFound: 1, serverErrors: 1, cut: true, wrongTypes: true };
    expect((await simulate(url, { faults })).exitCode).toBe(0);
  });

  it('asks for the setting when a deployment that answers fetches nothing', async () => {
    const { url } = await startDeployment({ tries: 0 });
    const { exitCode, lines } = await simulate(url, { idleSeconds: 1 });
    expect(exitCode).toBe(1);
    const told = lines.filter((line) => line.startsWith('Nothing was fetched yet'));
    expect(told).toEqual([
      expect.stringMatching(/has the deployment TWILIO_API_BASE_URL=http:\/\/127/),
    ]);
  });

  it('is not content with one that gives up', async () => {
    const { url } = await startDeployment({ tries: 1 });
    const { exitCode, summary } = await simulate(url, {
      faults: { notFound: 1 },
      idleSeconds: 0.1,
    });
    expect(exitCode).toBe(1);
    expect(summary).toBe('3/3 webhooks answered 200, 0/6 attachments fetched');
  });

  it('waits for what was not answered only when it is told to stay', async () => {
    const url = 'http://127.0.0.1:1';
    expect((await simulate(url)).lines).toContain(
      '0/3 webhooks answered 200, 0/0 attachments fetched',
    );
    const { exitCode, lines } = await simulate(url, { stay: true, idleSeconds: 0.1 });
    expect(lines).toContain('0/3 webhooks answered 200, 0/6 attachments fetched');
    expect(lines.at(-1)).toMatch(/^Not everything was fetched within --idle: .* reconciles/);
    expect(exitCode).toBe(1);
  });

  it('is content when it stays and all was fetched in the end', async () => {
    const { url } = await startDeployment({ tries: 1, isLost: true });
    expect((await simulate(url)).exitCode).toBe(1);
    const { exitCode, summary } = await simulate(url, { stay: true });
    expect(summary).toBe('0/3 webhooks answered 200, 6/6 attachments fetched');
    expect(exitCode).toBe(0);
  });

  it('counts the attachments of duplicates once', async () => {
    const { url, received } = await startDeployment({ tries: 1 });
    const { exitCode, summary } = await simulate(url, { duplicates: true });
    expect(exitCode).toBe(0);
    expect(summary).toBe('6/6 webhooks answered 200, 6/6 attachments fetched');
    const tokens = received.map(({ headers }) => headers['i-twilio-idempotency-token']);
    expect(new Set(tokens).size).toBe(3);
  });

  it('expects wrong signatures to be refused', async () => {
    const strict = await startDeployment({ tries: 1 });
    const careless = await startReceiver();
    const refused = await simulate(strict.url, { wrongSignatures: true });
    expect(refused.summary).toBe('3/3 webhooks answered 403, 0/0 attachments fetched');
    expect(refused.exitCode).toBe(0);
    expect((await simulate(careless.url, { wrongSignatures: true })).exitCode).toBe(1);
  });

  it('reports a deployment that is not there', async () => {
    const gone = await startSimulator();
    await gone.stop();
    const { exitCode, lines } = await simulate(gone.apiBaseUrl, { count: 1 });
    expect(exitCode).toBe(1);
    expect(
      lines.some((line) => /1 attachment {2}no answer {2}\d+ ms {2}error 11205$/.test(line)),
    ).toBe(true);
  });

  it('ends when it is interrupted', async () => {
    const interrupt = new AbortController();
    const { url } = await startReceiver(() => interrupt.abort());
    const lines: string[] = [];
    const exitCode = await runSimulation(
      {
        url,
        count: 5,
        concurrency: 1,
        accountSid: ACCOUNT.sid,
        authToken: ACCOUNT.authToken,
        host: '127.0.0.1',
        apiPort: 0,
        mediaPort: 0,
      },
      (line) => lines.push(line),
      interrupt.signal,
    );
    expect(exitCode).toBe(1);
    expect(lines.at(-1)).toBe('0/5 webhooks answered 200, 0/0 attachments fetched');
  });
});

it.each([
  ['http://a:3000', 'http://a:3000', 'http://a:3000/twilio/incoming'],
  ['http://a/x/', 'http://a/x', 'http://a/x/twilio/incoming'],
  ['https://a/twilio/incoming', 'https://a', 'https://a/twilio/incoming'],
  ['https://a/x/twilio/incoming?k=v#rc=2', 'https://a/x', 'https://a/x/twilio/incoming?k=v#rc=2'],
])('takes %s for a deployment', (url, publicUrl, webhookUrl) => {
  expect(deploymentUrls(url)).toEqual({ publicUrl, webhookUrl });
});
