import { useEffect, useState } from 'preact/hooks';
import { ApiProblem, isGone } from '../api/api-problem.ts';
import { api, bodyOf } from '../api/client.ts';
import type { Session } from '../api/types.ts';
import { Dialog } from '../frame/dialog.tsx';
import { strings } from '../strings.ts';
import './sessions-dialog.css';

const time = new Intl.DateTimeFormat(strings.language, { dateStyle: 'medium', timeStyle: 'short' });

/** Who has signed in, for admins, and an end to each session but the own. */
export function SessionsDialog({ onClose }: { onClose: () => void }) {
  const [sessions, setSessions] = useState<Session[]>();
  const [ownId, setOwnId] = useState<string>();
  const [cursor, setCursor] = useState<string | null>(null);
  const [said, setSaid] = useState('');

  async function load(after?: string): Promise<void> {
    try {
      const query = { limit: 100, ...(after !== undefined && { cursor: after }) };
      const page = bodyOf(await api.GET('/api/v1/sessions', { params: { query } }));
      setSessions((known = []) => [...known, ...page.items]);
      setCursor(page.nextCursor);
    } catch (error) {
      setSaid((error as Error).message);
    }
  }

  async function end({ id, name }: Session): Promise<void> {
    try {
      await api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } });
    } catch (error) {
      if (!isGone(error)) {
        setSaid((error as Error).message);
        return;
      }
    }
    setSessions((known = []) => known.filter((session) => session.id !== id));
    setSaid(strings.sessions.revoked(name));
  }

  useEffect(() => {
    void load();
    fetchOwnId().then(setOwnId, () => undefined);
  }, []);

  return (
    <Dialog title={strings.sessions.title} onClose={onClose} class="sessions">
      <p class="hint">{strings.sessions.help}</p>
      <p role="status">{sessions === undefined && said === '' ? strings.sessions.loading : said}</p>
      {sessions !== undefined && (
        <table>
          <thead>
            <tr>
              <th scope="col">{strings.sessions.name}</th>
              <th scope="col">{strings.sessions.begun}</th>
              <th scope="col">{strings.sessions.used}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {sessions.map((session) => {
              const { id, name, role, createdAt, lastUsedAt } = session;
              const begun = time.format(new Date(createdAt));
              return (
                <tr key={id}>
                  <th scope="row">
                    <span dir="auto">{name}</span>
                    <small>{strings.header.roles[role]}</small>
                  </th>
                  <td data-label={strings.sessions.begun}>
                    <time dateTime={createdAt}>{begun}</time>
                  </td>
                  <td data-label={strings.sessions.used}>
                    <time dateTime={lastUsedAt}>{time.format(new Date(lastUsedAt))}</time>
                  </td>
                  <td>
                    {id === ownId ? (
                      strings.sessions.own
                    ) : (
                      <button
                        type="button"
                        class="text-button"
                        aria-label={strings.sessions.revokeOf(name, begun)}
                        onClick={() => void end(session)}
                      >
                        {strings.sessions.revoke}
                      </button>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {cursor !== null && (
        <button type="button" class="text-button" onClick={() => void load(cursor)}>
          {strings.sessions.more}
        </button>
      )}
    </Dialog>
  );
}

/** @returns undefined for a user of the sign-in proxy, who has none */
async function fetchOwnId(): Promise<string | undefined> {
  try {
    return bodyOf(await api.GET('/api/v1/session')).id;
  } catch (error) {
    if (error instanceof ApiProblem) return undefined;
    throw error;
  }
}
