import type { ServerResponse } from 'node:http';

/** One request that reached the simulator. It is listed on arrival, and filled in as it goes on. */
export interface SimulatedRequest {
  readonly server: 'api' | 'media';
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Of the answer; null while, or because, none was given. */
  readonly status: number | null;
  /** Whether the whole answer was handed over. */
  readonly completed: boolean;
  /**
   * At the API: its credentials were accepted. At the media server, which refuses them: it carried
   * an Authorization header.
   */
  readonly authorized: boolean;
  readonly at: Date;
  readonly mediaSid?: string;
}

/** A log entry as the routers fill it in. */
export interface RequestLogEntry extends SimulatedRequest {
  authorized: boolean;
  mediaSid?: string;
}

export interface RequestLog {
  readonly entries: readonly SimulatedRequest[];
  /** Lists a request that has just arrived; `response` is watched for its outcome. */
  add(
    request: { server: SimulatedRequest['server']; method: string; path: string },
    response: ServerResponse,
  ): RequestLogEntry;
}

/** An empty log. */
export function createRequestLog(): RequestLog {
  const entries: SimulatedRequest[] = [];

  return {
    entries,
    add(request, response) {
      // Once over, only the outcome is kept: a long run must not hold every socket in memory.
      let open: ServerResponse | null = response;
      let outcome = outcomeOf(response);
      response.once('close', () => {
        outcome = outcomeOf(response);
        open = null;
      });
      const entry: RequestLogEntry = {
        ...request,
        get status() {
          return (open ? outcomeOf(open) : outcome).status;
        },
        get completed() {
          return (open ? outcomeOf(open) : outcome).completed;
        },
        authorized: false,
        at: new Date(),
      };
      entries.push(entry);
      return entry;
    },
  };
}

function outcomeOf(response: ServerResponse): { status: number | null; completed: boolean } {
  return {
    status: response.headersSent ? response.statusCode : null,
    completed: response.writableFinished,
  };
}
