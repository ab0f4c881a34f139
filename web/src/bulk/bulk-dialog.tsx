import { useId, useRef, useState } from 'preact/hooks';
import { api, bodyOf } from '../api/client.ts';
import type { BulkAct, BulkBody } from '../api/types.ts';
import { createReasonDraft, ReasonFields, reasonGiven } from '../desk/reason-fields.tsx';
import { notify } from '../frame/announcements.tsx';
import { Dialog } from '../frame/dialog.tsx';
import { Icon } from '../frame/icons.tsx';
import { caller } from '../session/session.ts';
import { strings } from '../strings.ts';
import { useSource } from '../viewer/use-source.ts';
import type { AskedBulk } from './asked-bulk.tsx';
import {
  BULK_ACTIONS,
  type BulkAction,
  isEverything,
  needsConsent,
  selectionBody,
} from './bulk-selection.ts';
import { plannedTexts, selectionText } from './bulk-words.ts';
import { followBulk } from './followed-acts.ts';
import './bulk.css';

const texts = strings.bulk;
type Counted = Pick<BulkAct, 'total' | 'counts'>;

/** Counts what an act would do with many attachments, and begins it. */
export function BulkDialog(props: AskedBulk & { onClose: () => void }) {
  const { selection, onBegun, onClose } = props;
  const [action, setAction] = useState(props.action);
  const [which] = useState(() => selectionBody(selection));
  const [reason] = useState(createReasonDraft);
  const [isAgreed, setAgreed] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const keys = useRef(new Map<string, string>());
  const id = useId();
  const counted = useSource(action, ({ signal }) => count({ ...which, action }, signal));

  async function begin(event: Event): Promise<void> {
    event.preventDefault();
    if (isBusy || action === undefined || counted.value === undefined) return;
    setBusy(true);
    setProblem(undefined);
    const body: BulkBody = { ...which, action, ...reasonGiven(reason) };
    try {
      const act = await beginAct(body, keyFor(body));
      followBulk(act);
      // What matches has changed while the question was open.
      const { total } = counted.value;
      if (act.total !== total) notify({ text: texts.otherTotal(total, act.total) });
      onBegun?.();
      onClose();
    } catch (error) {
      setBusy(false);
      setProblem((error as Error).message);
    }
  }

  /** Sent again after a lost answer, the same is begun once. */
  function keyFor(body: BulkBody): string {
    const text = JSON.stringify(body);
    const key = keys.current.get(text) ?? crypto.randomUUID();
    keys.current.set(text, key);
    return key;
  }

  function choose(name: BulkAction): void {
    setAction(name);
    setAgreed(false);
    setProblem(undefined);
  }

  const offered = BULK_ACTIONS.filter((name) => name !== 'scan' || caller.value?.capabilities.scan);
  const isAll = isEverything(selection);
  const todo = counted.value?.counts.todo ?? 0;
  const asksConsent = action !== undefined && needsConsent(selection, action);
  return (
    <Dialog title={texts.title} onClose={onClose} class="bulk-dialog">
      <form onSubmit={(event) => void begin(event)}>
        <p class={isAll ? 'bulk-warning' : undefined} dir="auto">
          {isAll && <Icon name="warning" />}
          {selectionText(selection)}
        </p>
        <fieldset>
          <legend>{texts.what}</legend>
          {offered.map((name) => (
            <label key={name}>
              <input
                type="radio"
                name={id}
                autofocus={name === (props.action ?? BULK_ACTIONS[0])}
                checked={name === action}
                onChange={() => choose(name)}
              />
              {texts.actions[name]}
            </label>
          ))}
        </fieldset>
        {action !== undefined && (
          <div class="bulk-counts" role="status">
            {counted.value === undefined ? (
              <p>{counted.reason ?? texts.counting}</p>
            ) : (
              plannedTexts({ action, counts: counted.value.counts }).map((text) => (
                <p key={text}>{text}</p>
              ))
            )}
          </div>
        )}
        <ReasonFields draft={reason} id={`${id}-reason`} />
        {asksConsent && (
          <label class="bulk-consent">
            <input
              type="checkbox"
              checked={isAgreed}
              onChange={({ currentTarget }) => setAgreed(currentTarget.checked)}
            />
            {action === 'delete' ? texts.agreeDelete : texts.agreeAll}
          </label>
        )}
        <p class="problem" role="alert">
          {problem}
        </p>
        <button
          type="submit"
          class={`primary-button ${action === 'delete' ? 'danger-button' : ''}`}
          disabled={isBusy || todo === 0 || (asksConsent && !isAgreed)}
        >
          {action === undefined ? texts.choose : texts.begin(texts.actions[action], todo)}
        </button>
      </form>
    </Dialog>
  );
}

async function count(
  body: Omit<BulkBody, 'action'> & { action: BulkAction | undefined },
  signal: AbortSignal,
): Promise<Counted> {
  const { action, ...which } = body;
  if (action === undefined) throw new Error(strings.errors.noProblem);
  const dryRun = { ...which, action, dryRun: true };
  const counted = bodyOf(await api.POST('/api/v1/bulk', { body: dryRun, signal }));
  if (!('dryRun' in counted)) throw new Error(strings.errors.noProblem);
  return counted;
}

async function beginAct(body: BulkBody, key: string): Promise<BulkAct> {
  const header = { 'Idempotency-Key': key };
  const act = bodyOf(await api.POST('/api/v1/bulk', { params: { header }, body }));
  if ('dryRun' in act) throw new Error(strings.errors.noProblem);
  return act;
}
