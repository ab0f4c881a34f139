import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import multer from 'multer';

/** One request that was as it has to be. */
export interface Asked {
  headers: IncomingHttpHeaders;
  /** The fields of the form but the file. */
  fields: Record<string, string>;
  /** Of the sound. */
  seconds: number;
}

/** Answers one request. */
export type Answerer = (asked: Asked, response: ServerResponse) => void;

/** A transcription server in OpenAI's form: strict about what it takes, with configurable answers. */
export interface TestTranscriber {
  /** Without a path. */
  url: string;
  /** All requests so far, in order. */
  asked: Asked[];
  /** What was wrong with requests: they are answered with 418, which no test sets as an answer. */
  problems: string[];
  /** Sets the answer from now on: a text, or a handler. */
  answer(how: string | Answerer): void;
  /** Closes the server, so that its port refuses connections. */
  stop(): Promise<void>;
}

const MAX_BYTES = 32 * 1024 ** 2;

export async function startTranscriber(): Promise<TestTranscriber> {
  const asked: Asked[] = [];
  const problems: string[] = [];
  let answerer: Answerer = answerText('');
  const app = express();
  const form = multer({ storage: multer.memoryStorage(), limits: { fileSize: MAX_BYTES } });
  app.post('/v1/audio/transcriptions', form.any(), ({ headers, body, files }, response) => {
    try {
      const question = {
        headers,
        fields: fieldsOf(body),
        seconds: secondsOf(fileOf(files as Express.Multer.File[])),
      };
      asked.push(question);
      answerer(question, response);
    } catch (error) {
      problems.push(String(error));
      response.status(418).end();
    }
  });
  app.use(({ method, url }, response) => {
    problems.push(`${method} ${url}`);
    response.status(418).end();
  });
  const server = createServer(app);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    problems,
    answer(how) {
      answerer = typeof how === 'string' ? answerText(how) : how;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function answerText(text: string): Answerer {
  return (_asked, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ text }));
  };
}

function fieldsOf(body: Record<string, unknown>): Record<string, string> {
  const { model, response_format: format, language, ...others } = body;
  require(Object.keys(others).length === 0, `unknown fields ${Object.keys(others)}`);
  require(typeof model === 'string' && model !== '', `model ${model}`);
  require(format === 'json', `response_format ${format}`);
  require(language === undefined || /^[a-z]{2}$/.test(String(language)), `language ${language}`);
  return { ...(body as Record<string, string>) };
}

function fileOf(files: readonly Express.Multer.File[]): Buffer {
  require(files.length === 1, `${files.length} files`);
  const [file] = files;
  require(file?.fieldname === 'file', `a file in the field ${file?.fieldname}`);
  require(file?.originalname === 'speech.wav', `a file of the name ${file?.originalname}`);
  require(file?.mimetype === 'audio/wav', `a file of the type ${file?.mimetype}`);
  return file?.buffer ?? Buffer.alloc(0);
}

/** The header of PCM in WAVE [Multimedia Programming Interface 1.0]: 16 kHz, mono, 16 bits, nothing besides the samples. */
function secondsOf(file: Buffer): number {
  const mark = (at: number) => file.toString('latin1', at, at + 4);
  require(mark(0) === 'RIFF' && mark(8) === 'WAVE', 'no WAVE file');
  require(file.readUInt32LE(4) === file.length - 8, 'the size in the header is wrong');
  require(mark(12) === 'fmt ' && file.readUInt32LE(16) === 16, 'no plain format chunk');
  const format = [
    file.readUInt16LE(20),
    file.readUInt16LE(22),
    file.readUInt32LE(24),
    file.readUInt32LE(28),
    file.readUInt16LE(32),
    file.readUInt16LE(34),
  ];
  require(format.join() === [1, 1, 16_000, 32_000, 2, 16].join(), `format ${format}`);
  require(mark(36) === 'data', `a chunk ${mark(36)}`);
  require(file.readUInt32LE(40) === file.length - 44, 'the samples are cut short');
  return (file.length - 44) / 32_000;
}

function require(isTrue: boolean, problem: string): void {
  if (!isTrue) throw new Error(problem);
}
