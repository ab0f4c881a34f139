import { join } from 'node:path';
import { isFaultOfData, isFaultOfServer } from '../inbound/message-store.ts';
import { startErasingSetAside } from '../inbound/spool/erase-set-aside.ts';
import { type MessageSpool, openMessageSpool } from '../inbound/spool/message-spool.ts';
import {
  createSpoolingReceiver,
  type SpoolingReceiver,
} from '../inbound/spool/spooling-receiver.ts';
import type { Services } from './services.ts';

/** The receiver role of a process. */
export interface Receiver extends SpoolingReceiver {
  spool: MessageSpool;
}

/** What receives messages, and goes on while the database is down. */
export async function openReceiver(services: Services): Promise<Receiver> {
  const { config, database, metrics, initialModerationOf, commitMessage, log } = services;
  const spool = await openMessageSpool(join(config.dataDir, 'spool'), config.spoolMaxBytes);
  metrics.gauge(
    'mms_inbox_spool_messages',
    'Messages that wait for the database',
    () => spool.size().messages,
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
  const endErasing = startErasingSetAside({
    spool,
    commitMessage,
    log,
    isErased: (message) =>
      database.prisma.$transaction(
        async (tx) => (await initialModerationOf(tx, [message]))(message).isErased,
      ),
  });
  return {
    ...spooling,
    spool,
    async stop() {
      await endErasing();
      await spooling.stop();
    },
  };
}
