import type { TargetedMouseEvent } from 'preact';
import { Icon } from '../frame/icons.tsx';
import { strings } from '../strings.ts';
import type { Command } from './commands.ts';
import { KeyHint } from './key-hint.tsx';
import { ReasonFields, suggestedAct } from './reason-fields.tsx';
import './decision-bar.css';

const texts = strings.desk;
const DECISIONS: Command['name'][] = ['approve', 'hold', 'quarantine', 'delete'];
const STEPS: Command['name'][] = ['skip', 'escalate', 'next', 'undo'];
const MORE: Command['name'][] = ['deleteAndBlock', 'blockPicture', 'blockSender'];

/** Why, and the decision: below the attachment, within reach of a thumb. */
export function DecisionBar({ commands }: { commands: readonly Command[] }) {
  const named = (name: Command['name']) => commands.find((command) => command.name === name);
  const button = (name: Command['name']) => {
    const command = named(name);
    return command && <CommandButton key={name} command={command} />;
  };
  return (
    <div class="decision-bar">
      <ReasonFields />
      <div class="decisions" role="toolbar" aria-label={texts.decide}>
        {DECISIONS.map(button)}
      </div>
      <div class="steps" role="toolbar" aria-label={texts.steps}>
        {STEPS.map(button)}
        <details
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
      <span>{texts.acts[name]}</span>
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
