import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request to the classifier. */
export interface Shown {
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** Answers one request. */
export type Answerer = (shown: Shown, response: ServerResponse) => void;

/** An external classifier with configurable answers. */
export interface TestClassifier {
  url: string;
  /** All requests so far, in order. */
  shown: Shown[];
  /** Sets the answer from now on: JSON, or a handler. */
  answer: (how: object | Answerer) => void;
  /** Closes the server, so that its port refuses connections. */
  stop(): Promise<void>;
}

export async function startClassifier(): Promise<TestClassifier> {
  const shown: Shown[] = [];
  let answerer: Answerer = answerJson({ action: 'allow' });
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const question = { headers: request.headers, body: Buffer.concat(chunks) };
    shown.push(question);
    answerer(question, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/classify?model=1`,
    shown,
    answer(how) {
      answerer = typeof how === 'function' ? (how as Answerer) : answerJson(how);
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function answerJson(answer: object): Answerer {
  return (_shown, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  };
}
