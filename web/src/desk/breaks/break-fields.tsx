import { strings } from '../../strings.ts';
import { displaySettings, setDisplay } from '../display-settings.ts';

const texts = strings.desk.breaks;
const AFTER = ['never', 'minutes', 'items'] as const;
const MOST = 1000;

/** When to be reminded of a break. */
export function BreakFields() {
  const { breakAfter, breakMinutes, breakItems } = displaySettings.value;
  return (
    <fieldset class="break-fields">
      <legend>{texts.reminder}</legend>
      <select
        aria-label={texts.reminder}
        value={breakAfter}
        onChange={({ currentTarget }) => {
          const chosen = AFTER.find((name) => name === currentTarget.value);
          if (chosen) setDisplay({ breakAfter: chosen });
        }}
      >
        {AFTER.map((name) => (
          <option key={name} value={name}>
            {texts.after[name]}
          </option>
        ))}
      </select>
      {breakAfter === 'minutes' && (
        <Count
          label={texts.minutes}
          value={breakMinutes}
          onChange={(count) => setDisplay({ breakMinutes: count })}
        />
      )}
      {breakAfter === 'items' && (
        <Count
          label={texts.items}
          value={breakItems}
          onChange={(count) => setDisplay({ breakItems: count })}
        />
      )}
    </fieldset>
  );
}

function Count(props: { label: string; value: number; onChange: (count: number) => void }) {
  const { label, value, onChange } = props;
  return (
    <label>
      <input
        type="number"
        inputMode="numeric"
        min="1"
        max={MOST}
        value={value}
        onChange={({ currentTarget }) => {
          if (currentTarget.checkValidity() && currentTarget.value !== '') {
            onChange(currentTarget.valueAsNumber);
          } else {
            currentTarget.value = String(value);
          }
        }}
      />
      {label}
    </label>
  );
}
