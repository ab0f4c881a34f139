import { strings } from '../strings.ts';
import { reasonCodes } from './reason-codes.ts';

const texts = strings.desk.reason;

/** A choice of the team's reason codes, as they were read last; nothing while there are none. */
export function CodeSelect(props: {
  /** Empty: none is chosen. */
  value: string;
  onChoose: (code: string) => void;
  id?: string | undefined;
  onKeyDown?: (event: KeyboardEvent & { currentTarget: HTMLSelectElement }) => void;
}) {
  if (reasonCodes.value.length === 0) return null;
  return (
    <select
      id={props.id}
      aria-label={texts.code}
      value={props.value}
      onKeyDown={props.onKeyDown}
      onChange={({ currentTarget }) => props.onChoose(currentTarget.value)}
    >
      <option value="">{texts.noCode}</option>
      {reasonCodes.value.map((known) => (
        <option key={known.code} value={known.code}>
          {texts.codeWith(known.label, texts.severities[known.severity])}
        </option>
      ))}
    </select>
  );
}
