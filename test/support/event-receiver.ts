import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { eventPayload } from '../../src/events/event-schemas.ts';

/** One request, verified with the public library as a receiver does. */
export interface ReceivedEvent {
  path: string;
  id: string;
  type: string;
  data: Record<string, unknown>;
  body: string;
  headers: Record<string, string>;
  at: number;
}

/** Decides the answer to a verified event: a status, headers, or no answer at all. */
export type AnswerEvent = (
  event: ReceivedEvent,
  seen: number,
) => { status: number; headers?: Record<string, string>; body?: string } | 'hang';

/** A third-party server that receives events, and can be killed and restarted on its port. */
export interface EventReceiver {
  url: string;
  hostPort: string;
  /** The secret that it verifies signatures with. */
  secret: string;
  /** All verified requests, whatever the answer. */
  received: ReceivedEvent[];
  /** Requests answered with 2xx. */
  accepted: ReceivedEvent[];
  /** How many it refused because of their signature. */
  refused: number;
  /** What is wrong with verified requests that the documented schema refuses. */
  malformed: string[];
  answer: AnswerEvent;
  kill(): Promise<void>;
  start(): Promise<void>;
}

const OK = { status: 204 };

export async function startEventReceiver(): Promise<EventReceiver> {
  let server: Server;
  let port = 0;
  const receiver: EventReceiver = {
    url: '',
    hostPort: '',
    secret: '',
    received: [],
    accepted: [],
    refused: 0,
    malformed: [],
    answer: () => OK,
    async kill() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
    async start() {
      server = createServer((request, response) => void take(request, response));
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      port = (server.address() as AddressInfo).port;
      receiver.hostPort = `127.0.0.1:${port}`;
      receiver.url = `http://${receiver.hostPort}/events`;
    },
  };

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const headers = request.headers as Record<string, string>;
    let verified: { type: string; data: Record<string, unknown> };
    try {
      verified = new Webhook(receiver.secret).verify(body, headers) as typeof verified;
    } catch {
      receiver.refused += 1;
      response.writeHead(401).end('the signature does not match');
      return;
    }
    const { success, error } = eventPayload.safeParse(verified);
    if (!success) receiver.malformed.push(`${z.prettifyError(error)} in ${body}`);
    const { type, data } = verified;
    const id = String(headers['webhook-id']);
    const event = { path: request.url ?? '', id, type, data, body, headers, at: Date.now() };
    const seen = receiver.received.filter((other) => other.id === id).length;
    receiver.received.push(event);
    const answer = receiver.answer(event, seen);
    if (answer === 'hang') return;
    if (answer.status < 300) receiver.accepted.push(event);
    response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
  }

  await receiver.start();
  return receiver;
}
