import type { Request } from 'express';
import type { Keyring } from '../../twilio/keyring.ts';
import type { WebhookRequest } from '../webhook-request.ts';
import { diagnoseSignature } from './diagnose-signature.ts';
import { readRefusedRequest } from './refused-request.ts';

/** Logs why a signature did not match. Decides nothing. */
export type SignatureDoctor = (request: Request, webhook: WebhookRequest) => void;

// A flood of wrong signatures must cost little more than their refusals.
const PAUSE_MS = 1000;

/**
 * One line for a refused request, at most one a second; the next line tells how many were skipped.
 *
 * @param now milliseconds that only rise
 */
export function createSignatureDoctor(
  { keyring, publicUrl }: { keyring: Keyring; publicUrl: string | undefined },
  now: () => number = () => performance.now(),
): SignatureDoctor {
  let next = Number.NEGATIVE_INFINITY;
  let skipped = 0;
  return (request, webhook) => {
    if (now() < next) {
      skipped += 1;
      return;
    }
    next = now() + PAUSE_MS;
    const facts = readRefusedRequest(request, webhook, publicUrl);
    const { advice, tries } = diagnoseSignature(facts, keyring);
    request.log.warn({ tries, skipped }, `wrong signature: ${advice}`);
    skipped = 0;
  };
}
