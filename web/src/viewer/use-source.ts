import { useEffect, useState } from 'preact/hooks';
import { onBack } from '../api/live-events.ts';
import { reasonOf } from './media-sources.ts';

/** Something of an attachment that may have to be made first. */
export interface Source<T> {
  value?: T;
  isPrepared: boolean;
  /** Why there is none, for people. */
  reason?: string | undefined;
}

/**
 * Reads something while a part of the page is shown; what failed, again when the server can be reached again.
 *
 * @param read called when `key` changes; undefined: not yet
 */
export function useSource<T>(
  key: string | undefined,
  read: (options: { signal: AbortSignal; onWait: () => void }) => Promise<T>,
): Source<T> {
  const [source, setSource] = useState<Source<T>>({ isPrepared: true });
  const [losses, setLosses] = useState(0);
  const hasFailed = source.reason !== undefined;
  useEffect(() => {
    if (hasFailed) return onBack(() => setLosses((count) => count + 1));
  }, [hasFailed]);
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
  }, [key, losses]);
  return source;
}

function aborter(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
