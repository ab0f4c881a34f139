import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { api, bodyOf } from '../api/client.ts';
import type { ReasonCode } from '../api/types.ts';
import { notifyError } from '../frame/announcements.tsx';
import type { Reason } from '../moderation/acts.ts';
import { strings } from '../strings.ts';

const texts = strings.desk.reason;
const MAX_LENGTH = 500;

/** The team's list. */
const codes = signal<readonly ReasonCode[]>([]);
const code = signal('');
const words = signal('');

/** Of the next decision. */
export function reasonGiven(): Reason {
  const text = words.peek().trim();
  return {
    ...(code.peek() !== '' && { reasonCode: code.peek() }),
    ...(text !== '' && { reason: text }),
  };
}

/** It was for one attachment. */
export function clearReason(): void {
  code.value = '';
  words.value = '';
}

/** What the team does with what has this code. */
export function suggestedAct(): ReasonCode['defaultAct'] {
  return codes.value.find((known) => known.code === code.value)?.defaultAct ?? null;
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

/** Why the next decision is made. */
export function ReasonFields() {
  useEffect(() => {
    clearReason();
    void readCodes();
  }, []);
  const hasCodes = codes.value.length > 0;
  return (
    <div class="desk-reason">
      {hasCodes && (
        <select
          id={FIRST_FIELD}
          aria-label={texts.code}
          value={code.value}
          onKeyDown={leaveField}
          onChange={({ currentTarget }) => {
            code.value = currentTarget.value;
          }}
        >
          <option value="">{texts.noCode}</option>
          {codes.value.map((known) => (
            <option key={known.code} value={known.code}>
              {texts.codeWith(known.label, texts.severities[known.severity])}
            </option>
          ))}
        </select>
      )}
      <input
        id={hasCodes ? undefined : FIRST_FIELD}
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

async function readCodes(): Promise<void> {
  try {
    const params = { query: { limit: 200 } };
    codes.value = bodyOf(await api.GET('/api/v1/reason-codes', { params })).items;
  } catch (error) {
    notifyError(error);
  }
}
