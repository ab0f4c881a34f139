import { join } from 'node:path';
import { isFaultOfData, isFaultOfServer } from '../inbound/message-store.ts';
import { createRefusalRecorder, type Refusal } from '../inbound/refusals/record-refusals.ts';
import { REFUSAL_CAUSES } from '../inbound/refusals/refusal-causes.ts';
import { startErasingSetAside } from '../inbound/spool/erase-set-aside.ts';
import { type MessageSpool, openMessageSpool } from '../inbound/spool/message-spool.ts';
import {
  createSpoolingReceiver,
  type SpoolingReceiver,
} from '../inbound/spool/spooling-receiver.ts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import type { Services } from './services.ts';

/** The receiver role of a process. */
export interface Receiver extends SpoolingReceiver {
  spool: MessageSpool;
  /** Counts a refused webhook. */
  noteRefusal: (refusal: Refusal) => void;
}

/**
 * Opens the message receiver, which also works while the database is down.
 *
 * @param lifecycle receives the function that closes each part
 */
export async function openReceiver(services: Services, lifecycle: Lifecycle): Promise<Receiver> {
  const { config, database, metrics, initialModerationOf, commitMessage, log } = services;
  const spool = await openMessageSpool(join(config.dataDir, 'spool'), config.spoolMaxBytes);
  metrics.gauge(
    'mms_inbox_spool_messages',
    'Messages that wait for the database',
    () => spool.size().messages,
  );
  metrics.gauge(
    'mms_inbox_spool_bytes',
    'Size of the messages that wait for the database',
    () => spool.size().bytes,
  );
  metrics.gauge(
    'mms_inbox_spool_rejected_messages',
    'Messages that the database refuses, set aside: should be zero',
    () => spool.size().rejected,
  );
  const { ping, busy } = database;
  const spooling = createSpoolingReceiver({
    commitMessage,
    ping,
    busy,
    isFaultOfData,
    isFaultOfServer,
    spool,
    log,
  });
  lifecycle.add('spool', spooling.stop);
  const endErasing = startErasingSetAside({
    spool,
    commitMessage,
    log,
    isErased: (message) =>
      database.prisma.$transaction(
        async (tx) => (await initialModerationOf(tx, [message]))(message).isErased,
      ),
  });
  lifecycle.add('erasing of set-aside messages', endErasing);
  const refusals = createRefusalRecorder({ database, log });
  lifecycle.add('counts of refused webhooks', refusals.stop);
  for (const cause of REFUSAL_CAUSES) metrics.refusals.inc({ cause }, 0);
  return {
    ...spooling,
    spool,
    noteRefusal(refusal) {
      metrics.refusals.inc({ cause: refusal.cause });
      refusals.note(refusal);
    },
  };
}
