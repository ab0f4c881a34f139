import { setTimeout } from 'node:timers/promises';
import type { Request, Response } from 'express';
import ipaddr from 'ipaddr.js';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { skipRequestLog } from './request-log.ts';

/** How a refused request is logged: in full, in full with a notice that it is the last, or not at all. */
type RefusalVerbosity = 'full' | 'last' | 'none';

// Far more than are needed to diagnose a proxy that breaks every signature, or by somebody who mistypes a key.
const MAX_A_MINUTE = 20;
// Of all addresses together: forging a new address for each request fills neither the log nor the memory.
const MAX_OF_ALL = 500;
const ALL = 'all';
// A connection is answered one request at a time, so a delay slows a flood down and spares the CPU.
const FLOOD_DELAY_MS = 250;

/**
 * Notes that a request was refused because of its signature or its key. Those of a flood are not logged, and
 * their answer is delayed.
 *
 * @returns whether to log the refusal
 */
export type NoteRefusal = (request: Request, response: Response) => Promise<boolean>;

/** Counts refusals by the address of the client. What is valid is never counted, and so never delayed. */
export function createNoteRefusal(): NoteRefusal {
  const verbosityFor = createRefusalLimit();
  return async (request, response) => {
    const verbosity = await verbosityFor(request.ip ?? '');
    if (verbosity === 'none') {
      skipRequestLog(response);
      await setTimeout(FLOOD_DELAY_MS);
      return false;
    }
    if (verbosity === 'last') {
      request.log.warn(
        { address: request.ip },
        'further refusals from this address are not logged for a minute',
      );
    }
    return true;
  };
}

/**
 * Counts wrong signatures or keys by address, so that a flood of them is neither logged nor diagnosed. Every
 * request is still verified: Twilio's addresses are shared by all its customers, and many users may share that
 * of a proxy, so what is valid must be accepted from any address.
 */
export function createRefusalLimit(): (address: string) => Promise<RefusalVerbosity> {
  const byNetwork = new RateLimiterMemory({ points: MAX_A_MINUTE, duration: 60 });
  const ofAll = new RateLimiterMemory({ points: MAX_OF_ALL, duration: 60 });
  return async (address) => {
    // Checked first, so that the limiter stores an address only while its refusals may be logged.
    const lines = (await ofAll.get(ALL))?.consumedPoints ?? 0;
    if (lines >= MAX_OF_ALL) return 'none';
    const { consumedPoints } = await byNetwork.penalty(networkOf(address));
    if (consumedPoints > MAX_A_MINUTE) return 'none';
    await ofAll.penalty(ALL);
    return consumedPoints === MAX_A_MINUTE ? 'last' : 'full';
  };
}

/** An IPv6 client usually has a /64, 2^64 addresses; behind a trusted proxy `address` may be any text. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'other';
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv6'
    ? (parsed as ipaddr.IPv6).parts.slice(0, 4).join(':')
    : parsed.toString();
}
