import { useEffect, useState } from 'preact/hooks';
import { api, bodyOf } from '../../api/client.ts';
import type { Deletion, Erasure } from '../../api/types.ts';
import { Icon } from '../../frame/icons.tsx';
import { PageLink } from '../../frame/page-link.tsx';
import { strings } from '../../strings.ts';
import { formatTime } from '../../viewer/format-facts.ts';
import { PartState } from '../deletions/part-state.tsx';
import '../deletions/deletions.css';

const texts = strings.desk.senders;
const POLL_MS = 1500;

interface Progress {
  erasure: Erasure;
  /** Undefined when there was nothing of the sender. */
  deletion: Deletion | undefined;
}

/** How far an erasure is: here, at Twilio, in the files of the database. */
export function ErasureProgress({ id, onErased }: { id: string; onErased: () => void }) {
  const [progress, setProgress] = useState<Progress>();
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    let timer: number | undefined;
    let isEnded = false;
    async function look(): Promise<void> {
      let isDone = false;
      if (!document.hidden) {
        try {
          const now = await readProgress(id);
          setProgress(now);
          setProblem(undefined);
          isDone = isComplete(now);
        } catch (error) {
          setProblem((error as Error).message);
        }
      }
      if (!isDone && !isEnded) timer = window.setTimeout(() => void look(), POLL_MS);
    }
    void look();
    return () => {
      isEnded = true;
      window.clearTimeout(timer);
    };
  }, []);

  const { erasure, deletion } = progress ?? {};
  const isErased = typeof erasure?.erasedAt === 'string';
  useEffect(() => {
    if (isErased) onErased();
  }, [isErased]);
  return (
    <div class="erasure" role="status">
      <h3>{texts.progress}</h3>
      {problem !== undefined && <p class="problem">{problem}</p>}
      {erasure && (
        <ul>
          <li>{texts.requested(erasure.requestedBy, formatTime(erasure.createdAt))}</li>
          <Step name={texts.erasedHere} at={erasure.erasedAt} />
          {deletion && (
            <li>
              <PageLink to={{ page: 'desk', filter: {}, list: { name: 'deletions', filter: {} } }}>
                {texts.atTwilio}
              </PageLink>
              <PartState counts={deletion.upstream} />
            </li>
          )}
          <Step name={texts.purged} at={erasure.purgedAt} />
        </ul>
      )}
    </div>
  );
}

function Step({ name, at }: { name: string; at: string | null }) {
  return (
    <li>
      {name}
      <span class={`part ${at === null ? 'part-pending' : 'part-done'}`}>
        <Icon name={at === null ? 'clock' : 'check'} />
        {at === null ? strings.desk.deletions.parts.pending : formatTime(at)}
      </span>
    </li>
  );
}

async function readProgress(id: string): Promise<Progress> {
  const params = { path: { id } };
  const erasure = bodyOf(await api.GET('/api/v1/senders/erasures/{id}', { params }));
  const { deletionId } = erasure;
  if (deletionId === null) return { erasure, deletion: undefined };
  const path = { id: deletionId };
  const deletion = bodyOf(await api.GET('/api/v1/deletions/{id}', { params: { path } }));
  return { erasure, deletion };
}

function isComplete({ erasure, deletion }: Progress): boolean {
  const isErased = erasure.erasedAt !== null && erasure.purgedAt !== null;
  return isErased && (deletion === undefined || deletion.state === 'completed');
}
