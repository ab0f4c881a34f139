import { useId } from 'preact/hooks';
import { strings } from '../../strings.ts';
import { FormGroup } from '../form-field.tsx';
import { EVENT_TYPES, type EventType } from './event-types.ts';

const texts = strings.operate.endpoints;

/** All event types (null), or those that are chosen. */
export function EventChoice(props: {
  types: readonly EventType[] | null;
  onChange: (types: EventType[] | null) => void;
  /** What all of them are. */
  all: string;
  problem?: string | undefined;
}) {
  const { types, onChange, all, problem } = props;
  const group = useId();
  const choose = (type: EventType, isChosen: boolean) =>
    // In the order of the list.
    onChange(EVENT_TYPES.filter((other) => (other === type ? isChosen : types?.includes(other))));
  return (
    <FormGroup label={texts.types} problem={problem}>
      <label class="check">
        <input type="radio" name={group} checked={types === null} onChange={() => onChange(null)} />
        {all}
      </label>
      <label class="check">
        <input type="radio" name={group} checked={types !== null} onChange={() => onChange([])} />
        {texts.someTypes}
      </label>
      {types !== null && (
        <div class="form-columns">
          {EVENT_TYPES.map((type) => (
            <label key={type} class="check">
              <input
                type="checkbox"
                checked={types.includes(type)}
                onChange={({ currentTarget }) => choose(type, currentTarget.checked)}
              />
              <code>{type}</code>
            </label>
          ))}
        </div>
      )}
    </FormGroup>
  );
}
