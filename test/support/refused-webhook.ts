import type { Request } from 'express';
import twilio from 'twilio';
import { expect } from 'vitest';
import { diagnoseSignature } from '../../src/inbound/diagnosis/diagnose-signature.ts';
import { readRefusedRequest } from '../../src/inbound/diagnosis/refused-request.ts';
import { findSigningToken } from '../../src/inbound/verify-signature.ts';
import { readWebhookRequest } from '../../src/inbound/webhook-request.ts';
import { createKeyring } from '../../src/twilio/keyring.ts';

export const MAIN = `AC${'a1'.repeat(16)}`;
export const SUB = `AC${'b2'.repeat(16)}`;
const TOKEN = 'token-of-the-main-account';
export const PUBLIC = 'https://mms.example.com';
const FROM = '+14155550188';
export const PARAMS = {
  AccountSid: MAIN,
  MessageSid: `MM${'0'.repeat(32)}`,
  From: FROM,
  Body: 'two words',
};
const keyring = createKeyring([
  { accountSid: MAIN, authToken: 'an-older-token' },
  { accountSid: MAIN, authToken: TOKEN },
  { accountSid: SUB, authToken: 'token-of-the-subaccount' },
]);

/** A refused webhook: as it was signed, and as it arrived. */
export interface RefusedWebhook {
  /** As Twilio signed it. */
  signedUrl?: string;
  signedParams?: Record<string, string>;
  token?: string;
  /** As it arrived. */
  publicUrl?: string | undefined;
  target?: string;
  headers?: Record<string, string>;
  body?: string;
  method?: 'GET' | 'POST';
}

export const form = (params: Record<string, string>) => new URLSearchParams(params).toString();

/** Expects the webhook to be refused, and diagnoses it. */
export function diagnose(input: RefusedWebhook) {
  const { signedUrl = `${PUBLIC}/twilio/incoming`, signedParams = PARAMS, token = TOKEN } = input;
  const { target = '/twilio/incoming', method = 'POST', body = form(PARAMS) } = input;
  const publicUrl = 'publicUrl' in input ? input.publicUrl : PUBLIC;
  const isJson = body.startsWith('{');
  const headers: Record<string, string> = {
    host: 'localhost:3000',
    'x-twilio-signature': twilio.getExpectedTwilioSignature(
      token,
      signedUrl,
      isJson || method === 'GET' ? {} : signedParams,
    ),
    ...input.headers,
  };
  const request = {
    method,
    originalUrl: target,
    protocol: 'http',
    host: headers.host,
    body: method === 'GET' ? undefined : Buffer.from(body),
    get: (name: string) => headers[name],
    is: (type: string) => isJson && type === 'application/json',
  } as unknown as Request;
  const webhook = readWebhookRequest(request, publicUrl);
  const account = String(webhook.params.AccountSid);
  expect(findSigningToken(webhook, keyring.tokensOf(account)), 'it is refused').toBe(-1);
  return diagnoseSignature(readRefusedRequest(request, webhook, publicUrl), keyring);
}
