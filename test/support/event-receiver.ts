import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

/** One request, checked by the public library as a receiver does. */
export interface ReceivedEvent {
  path: string;
  id: string;
  type: string;
  data: Record<string, unknown>;
  body: string;
  headers: Record<string, string>;
  at: number;
}

/** Says what to answer a verified event with: a status, headers, or nothing at all. */
export type AnswerEvent = (
  event: ReceivedEvent,
  seen: number,
) => { status: number; headers?: Record<string, string>; body?: string } | 'hang';

/** Somebody else's server that takes events, and can be killed and started again on its port. */
export interface EventReceiver {
  url: string;
  hostPort: string;
  /** What it checks signatures with. */
  secret: string;
  /** All that were verified, whatever was answered. */
  received: ReceivedEvent[];
  /** Those answered 2xx. */
  accepted: ReceivedEvent[];
  /** How many it refused for their signature. */
  refused: number;
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
