import { useId } from 'preact/hooks';
import { Icon } from '../frame/icons.tsx';
import { strings } from '../strings.ts';
import { BreakFields } from './breaks/break-fields.tsx';
import { displaySettings, setDisplay } from './display-settings.ts';

const texts = strings.desk.display;
const NAMES = ['blur', 'grey', 'muted'] as const;

/** What a moderator wants to see at first, and when to be reminded of a break. As a popover, which the browser closes. */
export function DisplayMenu() {
  const id = useId();
  return (
    <>
      <button
        type="button"
        class="icon-button"
        popovertarget={id}
        aria-label={texts.title}
        title={texts.title}
      >
        <Icon name="eye" />
      </button>
      <div id={id} class="display-menu" popover="auto">
        <fieldset>
          <legend>{texts.pictures}</legend>
          {NAMES.map((name) => (
            <label key={name} class="check">
              <input
                type="checkbox"
                checked={displaySettings.value[name]}
                onChange={({ currentTarget }) => setDisplay({ [name]: currentTarget.checked })}
              />
              {texts[name]}
            </label>
          ))}
        </fieldset>
        <BreakFields />
      </div>
    </>
  );
}
