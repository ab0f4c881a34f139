import { onTestFinished } from 'vitest';
import type { AttachmentFault } from '../../src/simulator/faults.ts';
import type { SimulatedAttachment } from '../../src/simulator/simulated-message.ts';
import {
  type SimulatorOptions,
  startTwilioSimulator,
  type TwilioSimulator,
} from '../../src/simulator/twilio-simulator.ts';

export const ACCOUNT = { sid: `AC${'a'.repeat(32)}`, authToken: 'token-of-a' };
export const OTHER_ACCOUNT = { sid: `AC${'b'.repeat(32)}`, authToken: 'token-of-b' };
export const API_KEY = { sid: `SK${'c'.repeat(32)}`, secret: 'secret', accountSid: ACCOUNT.sid };

/** A simulator with two accounts and a key, for the current test. */
export async function startSimulator(
  options: Partial<SimulatorOptions> = {},
): Promise<TwilioSimulator> {
  const simulator = await startTwilioSimulator({
    accounts: [ACCOUNT, OTHER_ACCOUNT],
    apiKeys: [API_KEY],
    ...options,
  });
  onTestFinished(() => simulator.stop());
  return simulator;
}

export function basic(user: string, password: string): { Authorization: string } {
  return { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** Calls the API, by default as the first account; redirects are not followed. */
export function call(
  url: string,
  init: { method?: string; headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(url, {
    headers: basic(ACCOUNT.sid, ACCOUNT.authToken),
    redirect: 'manual',
    ...init,
  });
}

/** The URL that the API redirects to for an attachment. */
export async function locationOf(url: string): Promise<string> {
  const response = await call(url);
  return response.headers.get('location') ?? '';
}

/** Two hundred bytes, so that a fault can be injected in the middle. */
export function attachment(...faults: AttachmentFault[]): SimulatedAttachment {
  return { bytes: Buffer.alloc(200, 'mms '), contentType: 'image/png', faults };
}
