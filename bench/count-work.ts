import fs from 'node:fs';
import { open } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { createStatementReader } from './statement-reader.ts';
import { WORK_MARKS } from './work-counts.ts';

// Loaded into the server before its own code (`--import`), in each of its threads: counts what the server
// asks its disk and its database for, one byte for each in the file that COUNT_WORK_FILE names. Decoders do
// not load it: each syncs the three thumbnails of a picture. It costs time, so that nothing is timed while it runs.

const file = fs.openSync(process.env.COUNT_WORK_FILE ?? '', 'a');
const count = (mark: string) => void fs.writeSync(file, mark);

// Files, and the folders that they are in.
const handle = await open(import.meta.filename);
const handles = Object.getPrototypeOf(handle);
await handle.close();
for (const name of ['sync', 'datasync']) {
  const original = handles[name];
  handles[name] = function counted(this: unknown, ...args: unknown[]) {
    count(WORK_MARKS.fileSync);
    return original.apply(this, args);
  };
}

// The embedded database.
const { fsyncSync } = fs;
fs.fsyncSync = (descriptor) => {
  count(WORK_MARKS.databaseSync);
  fsyncSync(descriptor);
};
syncBuiltinESMExports();

const readEmbedded = createStatementReader(count);
const { execProtocolRawStream } = PGlite.prototype;
PGlite.prototype.execProtocolRawStream = function counted(message, options) {
  readEmbedded(message);
  return execProtocolRawStream.call(this, message, options);
};

// A PostgreSQL server: node-postgres writes whole messages, each connection to a stream of its own.
interface Writable {
  write(bytes: Uint8Array, ...rest: unknown[]): boolean;
}
const connections = pg.Connection.prototype as unknown as {
  stream: Writable;
  connect(...args: unknown[]): unknown;
};
const { connect } = connections;
connections.connect = function counted(this: { stream: Writable }, ...args: unknown[]) {
  const result = connect.apply(this, args);
  // Only now, because a socket that connects gets Node's own method back.
  const { stream } = this;
  const read = createStatementReader(count);
  const write = stream.write.bind(stream);
  stream.write = (bytes, ...rest) => {
    read(bytes);
    return write(bytes, ...rest);
  };
  return result;
};
