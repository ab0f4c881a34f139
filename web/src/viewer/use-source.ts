import { useEffect, useState } from 'preact/hooks';
import { reasonOf } from './media-sources.ts';

/** Something of an attachment that may have to be made first. */
export interface Source<T> {
  value?: T;
  isPrepared: boolean;
  /** Why there is none, for people. */
  reason?: string | undefined;
}

/**
 * Reads something while a part of the page is shown.
 *
 * @param read called when `key` changes; undefined: not yet
 */
export function useSource<T>(
  key: string | undefined,
  read: (options: { signal: AbortSignal; onWait: () => void }) => Promise<T>,
): Source<T> {
  const [source, setSource] = useState<Source<T>>({ isPrepared: true });
  useEffect(() => {
    if (key === undefined) return;
    const { signal, abort } = aborter();
    setSource({ isPrepared: true });
    read({ signal, onWait: () => setSource({ isPrepared: false }) })
      .then((value) => {
        if (!signal.aborted) setSource({ value, isPrepared: true });
      })
      .catch((error: unknown) => {
        if (!signal.aborted) setSource({ isPrepared: true, reason: reasonOf(error) });
      });
    return abort;
  }, [key]);
  return source;
}

function aborter(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
