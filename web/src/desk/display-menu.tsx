import { useId } from 'preact/hooks';
import { Icon } from '../frame/icons.tsx';
import { strings } from '../strings.ts';
import { type DisplaySettings, displaySettings, setDisplay } from './display-settings.ts';

const texts = strings.desk.display;
const NAMES: (keyof DisplaySettings)[] = ['blur', 'grey', 'muted'];

/** What a moderator wants to see at first. As a popover, which the browser closes. */
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
      <fieldset id={id} class="display-menu" popover="auto">
        <legend>{texts.title}</legend>
        {NAMES.map((name) => (
          <label key={name} class="check">
            <input
              type="checkbox"
              checked={displaySettings.value[name]}
              onChange={({ currentTarget }) => setDisplay(name, currentTarget.checked)}
            />
            {texts[name]}
          </label>
        ))}
      </fieldset>
    </>
  );
}
