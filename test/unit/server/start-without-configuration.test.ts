import { expect, test } from 'vitest';
import { runInboxProcess } from '../../support/inbox-process.ts';

const SID = `AC${'0'.repeat(32)}`;

test('a start without an auth token says so and where to go from here', async () => {
  const { code, output } = await runInboxProcess({ TWILIO_ACCOUNT_SID: SID });
  expect(code).toBe(2);
  expect(output).toContain('TWILIO_AUTH_TOKEN is not set');
  expect(output).toContain('.env.example');
  expect(output).toContain('npm run demo');
  expect(output).not.toMatch(/\bat .+:\d+/);
});

test('a start with several mistakes names each, and shows no secret', async () => {
  const { code, output } = await runInboxProcess({
    TWILIO_ACCOUNT_SID: 'AC1',
    TWILIO_AUTH_TOKEN: 'hunter 2',
    PORT: 'http',
  });
  expect(code).toBe(2);
  for (const name of ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'PORT']) {
    expect(output).toContain(`- ${name} got `);
  }
  expect(output).not.toContain('hunter');
});
