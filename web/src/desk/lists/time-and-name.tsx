import { formatLongTime, formatTime } from '../../viewer/format-facts.ts';

/** When something was done, and by whom. */
export function TimeAndName({ at, by }: { at: string; by?: string }) {
  return (
    <>
      <time dateTime={at} title={formatLongTime(at)}>
        {formatTime(at)}
      </time>
      {by !== undefined && <small dir="auto">{by}</small>}
    </>
  );
}
