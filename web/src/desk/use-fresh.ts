import { useEffect, useRef, useState } from 'preact/hooks';
import { keepFresh } from './keep-fresh.ts';

/** Something that is read again from time to time. */
export interface Fresh<T> {
  /** As it was read last; undefined until then. */
  value: T | undefined;
  /** When it was read. */
  readAt: Date | undefined;
  /** Why it could not be read just now. */
  problem: Error | undefined;
  /** Reads it now. */
  refresh(): Promise<void>;
}

/**
 * Keeps something fresh while a part of the page is shown.
 *
 * @param read the same as long as the part is there
 */
export function useFresh<T>(read: () => Promise<T>): Fresh<T> {
  const [state, setState] = useState<Omit<Fresh<T>, 'refresh'>>({
    value: undefined,
    readAt: undefined,
    problem: undefined,
  });
  const reading = useRef(0);

  async function refresh(): Promise<void> {
    reading.current += 1;
    const own = reading.current;
    try {
      const value = await read();
      // A later request may have been answered before.
      if (own === reading.current) setState({ value, readAt: new Date(), problem: undefined });
    } catch (problem) {
      if (own === reading.current) setState((known) => ({ ...known, problem: problem as Error }));
    }
  }

  useEffect(() => {
    const end = keepFresh(refresh);
    return () => {
      end();
      reading.current += 1;
    };
  }, []);
  return { ...state, refresh };
}
