import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { notifyError } from './announcements.tsx';

/**
 * A part of the page whose script is loaded when it is first shown.
 *
 * @param load such as `() => import('./part.tsx').then(({ Part }) => Part)`
 * @param onFailure called after it was said that it cannot be loaded
 */
export function lazyPart<P extends object>(
  load: () => Promise<ComponentType<P>>,
  onFailure?: () => void,
): ComponentType<P> {
  let known: ComponentType<P> | undefined;
  return function LazyPart(props: P) {
    const [Part, setPart] = useState(() => known);
    useEffect(() => {
      if (known !== undefined) return;
      load()
        .then((loaded) => {
          known = loaded;
          setPart(() => loaded);
        })
        .catch((error: unknown) => {
          notifyError(error);
          onFailure?.();
        });
    }, []);
    return Part === undefined ? null : <Part {...props} />;
  };
}
