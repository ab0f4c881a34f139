import type { ServerResponse } from 'node:http';

/** One request that reached the simulator. It is listed on arrival and completed as it proceeds. */
export interface SimulatedRequest {
  readonly server: 'api' | 'media';
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Of the response; null until there is one. */
  readonly status: number | null;
  /** Whether the whole response was sent. */
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
  /** Lists a new request; its outcome is read from `response`. */
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
      // After the response has closed, only its outcome is kept: a long run must not keep every socket.
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
