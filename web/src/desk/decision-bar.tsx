import type { TargetedMouseEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ClaimedItem } from '../api/types.ts';
import { Icon } from '../frame/icons.tsx';
import { strings } from '../strings.ts';
import type { Command } from './commands.ts';
import { KeyHint } from './key-hint.tsx';
import { ReasonFields, suggestedAct } from './reason-fields.tsx';
import { ReasonHint } from './reviews/reason-hint.tsx';
import './decision-bar.css';

const texts = strings.desk;
const DECISIONS: Command['name'][] = ['approve', 'hold', 'quarantine', 'delete'];
const STEPS: Command['name'][] = ['skip', 'escalate', 'next', 'undo'];
const MORE: Command['name'][] = ['deleteAndBlock', 'blockPicture', 'blockSender', 'decideAll'];

const MENU = 'desk-more';

/** @returns whether it was open */
export function closeMore(): boolean {
  const menu = document.getElementById(MENU) as HTMLDetailsElement | null;
  if (!menu?.open) return false;
  menu.open = false;
  menu.querySelector('summary')?.focus();
  return true;
}

/** Why, and the decision: below the attachment, within reach of a thumb. */
export function DecisionBar(props: {
  commands: readonly Command[];
  /** What is decided about. */
  claimed: ClaimedItem | undefined;
}) {
  const { commands, claimed } = props;
  const named = (name: Command['name']) => commands.find((command) => command.name === name);
  const button = (name: Command['name']) => {
    const command = named(name);
    return command && <CommandButton key={name} command={command} />;
  };
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => (bar.current === null ? undefined : tellHeight(bar.current)), []);
  return (
    <div ref={bar} class="decision-bar">
      <ReasonFields />
      {claimed && <ReasonHint claimed={claimed} />}
      {named('agree')?.isOfUse() && <div class="decisions">{button('agree')}</div>}
      <div class="decisions" role="toolbar" aria-label={texts.decide}>
        {DECISIONS.map(button)}
      </div>
      <div class="steps" role="toolbar" aria-label={texts.steps}>
        {STEPS.map(button)}
        <details
          id={MENU}
          class="menu"
          onFocusOut={({ currentTarget, relatedTarget }) => {
            if (!currentTarget.contains(relatedTarget as Node | null)) currentTarget.open = false;
          }}
        >
          <summary class="command">
            <Icon name="more" />
            <span>{texts.more}</span>
          </summary>
          <div class="menu-content">{MORE.map(button)}</div>
        </details>
      </div>
    </div>
  );
}

/** Notices are above it, however high its texts make it. */
function tellHeight(bar: HTMLElement): () => void {
  const { style } = document.documentElement;
  const observer = new ResizeObserver(() => {
    style.setProperty('--decision-bar-height', `${bar.offsetHeight}px`);
  });
  observer.observe(bar);
  return () => {
    observer.disconnect();
    style.removeProperty('--decision-bar-height');
  };
}

function CommandButton({ command }: { command: Command }) {
  const { name, keys, icon } = command;
  const [key = ''] = keys;
  const isSuggested = suggestedAct() === name;
  return (
    <button
      type="button"
      class={`command command-${name} ${isSuggested ? 'is-suggested' : ''}`}
      aria-keyshortcuts={key}
      title={isSuggested ? texts.suggested : undefined}
      disabled={!command.isOfUse()}
      onKeyDown={(event) => {
        // Enter, held, would press it again.
        if (event.repeat) event.preventDefault();
      }}
      onClick={(event) => press(event, command)}
    >
      <Icon name={icon} />
      <span>{command.text?.() ?? texts.acts[name]}</span>
      <KeyHint of={key} />
    </button>
  );
}

/** The second click of a double click was meant for what was shown before. */
function press(event: TargetedMouseEvent<HTMLButtonElement>, command: Command): void {
  const isMouse = (event as unknown as PointerEvent).pointerType === 'mouse';
  if (isMouse && event.detail > 1 && command.name !== 'undo') return;
  event.currentTarget.closest('details')?.removeAttribute('open');
  command.run();
}
