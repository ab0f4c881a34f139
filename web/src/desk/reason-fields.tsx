import { type Signal, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ReasonCode } from '../api/types.ts';
import type { Reason } from '../moderation/acts.ts';
import { CodeSelect } from '../moderation/code-select.tsx';
import { readReasonCodes, reasonCodeOf, reasonCodes } from '../moderation/reason-codes.ts';
import { strings } from '../strings.ts';

const texts = strings.desk.reason;
const MAX_LENGTH = 500;

/** A reason that is being given. */
export interface ReasonDraft {
  code: Signal<string>;
  words: Signal<string>;
}

export function createReasonDraft(): ReasonDraft {
  return { code: signal(''), words: signal('') };
}

const ofDecision = createReasonDraft();

/** Of the next decision. */
export function reasonGiven({ code, words }: ReasonDraft = ofDecision): Reason {
  const text = words.peek().trim();
  return {
    ...(code.peek() !== '' && { reasonCode: code.peek() }),
    ...(text !== '' && { reason: text }),
  };
}

/** It was for one attachment. */
export function clearReason({ code, words }: ReasonDraft = ofDecision): void {
  code.value = '';
  words.value = '';
}

/** What the team does with what has this code. */
export function suggestedAct(): ReasonCode['defaultAct'] {
  return chosenCode()?.defaultAct ?? null;
}

/** The code that is chosen for the next decision. */
export function chosenCode(): ReasonCode | undefined {
  return reasonCodeOf(ofDecision.code.value);
}

const FIRST_FIELD = 'desk-reason';

/** Leads to the first field. */
export function focusReason(): void {
  document.getElementById(FIRST_FIELD)?.focus();
}

/** Back to the keys that decide. */
function leaveField(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  if (event.key !== 'Escape' && event.key !== 'Enter') return;
  // Enter opens the list of codes where the browser does so.
  if (event.key === 'Enter' && event.currentTarget.tagName === 'SELECT') return;
  event.preventDefault();
  event.stopPropagation();
  event.currentTarget.blur();
}

/**
 * Why something is done.
 *
 * @param draft by default that of the next decision
 * @param id of the first field
 */
export function ReasonFields({
  draft = ofDecision,
  id = FIRST_FIELD,
}: {
  draft?: ReasonDraft;
  id?: string;
}) {
  const { code, words } = draft;
  useEffect(() => {
    clearReason(draft);
    void readReasonCodes();
  }, []);
  const codes = reasonCodes.value;
  // It was removed from the list.
  useEffect(() => {
    if (reasonCodeOf(code.peek()) === undefined) code.value = '';
  }, [codes]);
  const hasCodes = codes.length > 0;
  return (
    <div class="desk-reason">
      <CodeSelect
        id={id}
        value={code.value}
        onKeyDown={leaveField}
        onChoose={(chosen) => {
          code.value = chosen;
        }}
      />
      <input
        id={hasCodes ? undefined : id}
        type="text"
        aria-label={texts.words}
        placeholder={texts.words}
        maxLength={MAX_LENGTH}
        value={words.value}
        autocomplete="off"
        dir="auto"
        onKeyDown={leaveField}
        onInput={({ currentTarget }) => {
          words.value = currentTarget.value;
        }}
      />
    </div>
  );
}
