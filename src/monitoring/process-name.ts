import { hostname } from 'node:os';

/** Tells processes of a deployment apart: host name and process id. */
export const PROCESS_NAME = `${hostname()}:${process.pid}`;
