import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { address } from '../address.ts';
import { ApiProblem } from '../api/api-problem.ts';
import { api, bodyOf } from '../api/client.ts';
import type { SimilarMedia } from '../api/types.ts';
import { announce } from '../frame/announcements.tsx';
import { Dialog } from '../frame/dialog.tsx';
import { Icon } from '../frame/icons.tsx';
import { PageLink } from '../frame/page-link.tsx';
import { caller } from '../session/session.ts';
import { strings } from '../strings.ts';
import { applyFilter } from './apply-filter.ts';
import { readHash } from './read-search.ts';
import { SimilarResults } from './similar-results.tsx';
import './similar.css';

const texts = strings.find.similar;

type State = 'idle' | 'busy' | { problem: string } | { found: SimilarMedia };

/** Whether a picture was received before: one that is chosen, dropped or pasted. */
export function SimilarSearch({ onClose }: { onClose: () => void }) {
  const [state, setState] = useState<State>('idle');
  const [preview, setPreview] = useState<string>();
  const [isOver, setOver] = useState(false);
  const current = useRef<AbortController>(null);

  async function search(file: File | undefined): Promise<void> {
    if (file === undefined) return;
    current.current?.abort();
    const search = new AbortController();
    current.current = search;
    setPreview(file.type.startsWith('image/') ? URL.createObjectURL(file) : undefined);
    setState('busy');
    const next = await findSimilar(file, search.signal).catch((error: unknown) => ({
      problem: problemText(error),
    }));
    if (search.signal.aborted) return;
    setState(next);
    announce('problem' in next ? next.problem : texts.found(next.found.items.length));
  }

  // The picture is never kept, nor is what shows it here.
  useEffect(() => () => preview && URL.revokeObjectURL(preview), [preview]);
  useEffect(() => () => current.current?.abort(), []);
  useEffect(() => {
    const paste = ({ clipboardData }: ClipboardEvent) => void search(clipboardData?.files[0]);
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  }, []);

  return (
    <Dialog title={texts.title} onClose={onClose} class="similar-dialog">
      <section
        class="similar-search"
        aria-label={texts.pick}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void search(event.dataTransfer?.files[0]);
        }}
      >
        <label class={`drop-zone ${isOver ? 'drop-zone-over' : ''}`}>
          <input
            type="file"
            class="visually-hidden"
            accept="image/*"
            onChange={({ currentTarget }) => {
              void search(currentTarget.files?.[0]);
              // The same one can be chosen again.
              currentTarget.value = '';
            }}
          />
          {preview === undefined ? (
            <Icon name="picture" />
          ) : (
            <img src={preview} alt={texts.picked} onError={() => setPreview(undefined)} />
          )}
          <span>{state === 'idle' ? texts.pick : texts.another}</span>
        </label>
        <HashForm onClose={onClose} />
        {/* Last, so that nothing moves when it comes. */}
        <Outcome state={state} onClose={onClose} />
      </section>
    </Dialog>
  );
}

function Outcome({ state, onClose }: { state: State; onClose: () => void }) {
  const outcome = useRef<HTMLDivElement>(null);
  useEffect(() => outcome.current?.scrollIntoView({ block: 'nearest' }), [state]);
  if (state === 'idle') return <p class="hint">{texts.hint}</p>;
  if (state === 'busy') return <p class="hint">{texts.busy}</p>;
  if ('problem' in state) return <p class="problem">{state.problem}</p>;
  return (
    <div ref={outcome}>
      <SimilarResults found={state.found}>
        {({ sid }, content) => (
          <PageLink to={{ ...address.value, page: 'grid', sid }} onFollow={onClose}>
            {content}
          </PageLink>
        )}
      </SimilarResults>
    </div>
  );
}

function HashForm({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  const [isWrong, setWrong] = useState(false);
  const id = useId();
  return (
    <form
      class="hash-form"
      onSubmit={(event) => {
        event.preventDefault();
        const sha256 = readHash(text);
        setWrong(sha256 === null);
        if (sha256 === null) return;
        onClose();
        applyFilter({ sha256 });
      }}
    >
      <label for={id}>{texts.hash}</label>
      <div>
        <input
          id={id}
          type="text"
          value={text}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          aria-invalid={isWrong}
          aria-describedby={isWrong ? `${id}-problem` : undefined}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            setWrong(false);
          }}
        />
        <button type="submit" class="text-button">
          {texts.byHash}
        </button>
      </div>
      <p id={`${id}-problem`} class="problem" role="alert">
        {isWrong && strings.find.problems.sha256}
      </p>
    </form>
  );
}

/** @throws ApiProblem, or Error for a file that is not worth sending */
async function findSimilar(file: File, signal: AbortSignal): Promise<{ found: SimilarMedia }> {
  const most = caller.value?.capabilities.mediaMaxBytes ?? Number.POSITIVE_INFINITY;
  if (file.size > most) throw new Error(tooLarge());
  const form = new FormData();
  form.append('file', file);
  const answer = await api.POST('/api/v1/media/similar', {
    // The types want a text; what is sent is the form.
    body: { file: '' },
    bodySerializer: () => form,
    signal,
  });
  return { found: bodyOf(answer) };
}

function problemText(error: unknown): string {
  if (!(error instanceof ApiProblem)) return error instanceof Error ? error.message : String(error);
  if (error.status === 413) return tooLarge();
  if (error.status === 415) return texts.notPicture;
  if (error.fields.some(({ field }) => field === 'file')) return texts.unreadable;
  return error.message;
}

function tooLarge(): string {
  const bytes = caller.value?.capabilities.mediaMaxBytes ?? 0;
  return texts.tooLarge(Math.round(bytes / 1024 / 1024));
}
