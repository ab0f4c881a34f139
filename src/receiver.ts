import { join } from 'node:path';
import { isFaultOfData, isFaultOfServer } from './inbound/message-store.ts';
import { type MessageSpool, openMessageSpool } from './inbound/spool/message-spool.ts';
import {
  createSpoolingReceiver,
  type SpoolingReceiver,
} from './inbound/spool/spooling-receiver.ts';
import type { Parts } from './parts.ts';

/** The receiver role of a process. */
export interface Receiver extends SpoolingReceiver {
  spool: MessageSpool;
}

/** What receives messages, and goes on while the database is down. */
export async function openReceiver(parts: Parts): Promise<Receiver> {
  const { config, database, metrics, receiveMessage: receive, log } = parts;
  const spool = await openMessageSpool(join(config.dataDir, 'spool'), config.spoolMaxBytes);
  metrics.gauge(
    'mms_inbox_spool_messages',
    'Messages that wait for the database',
    () => spool.size().messages,
  );
  const { ping, busy } = database;
  const spooling = createSpoolingReceiver({
    ...{ receive, ping, busy, isFaultOfData, isFaultOfServer, spool, log },
  });
  return { ...spooling, spool };
}
