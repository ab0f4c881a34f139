import { useEffect, useRef, useState } from 'preact/hooks';
import { onActEnd } from '../moderation/acts.ts';
import { type Source, useSource } from '../viewer/use-source.ts';

/**
 * Reads what helps to decide, as `useSource`, and again when acts of this page end: they change what is said of a sender and
 * of look-alikes. What was read stays until then, so that it does not flicker.
 *
 * @param key the same as long as the part of the page is there
 * @param concerns whether an act on an attachment changes what was read
 */
export function useRereadSource<T>(
  key: string | undefined,
  read: (options: { signal: AbortSignal }) => Promise<T>,
  concerns: (mediaSid: string, known: T | undefined) => boolean = () => true,
): Source<T> {
  const [ended, setEnded] = useState(0);
  const known = useRef<T>(undefined);
  useEffect(
    () =>
      onActEnd((mediaSid) => {
        if (concerns(mediaSid, known.current)) setEnded((count) => count + 1);
      }),
    [],
  );
  const source = useSource(key === undefined ? undefined : `${key} ${ended}`, read);
  if (source.value !== undefined) known.current = source.value;
  return known.current === undefined ? source : { ...source, value: known.current };
}
