import type { GridModel } from './grid-model.ts';

/**
 * Draws the list anew when the day is over: "Today" is another day then.
 *
 * @returns ends it
 */
export function drawAtMidnight(model: GridModel): () => void {
  let timer: number;
  function wait(): void {
    const now = new Date();
    const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
    timer = window.setTimeout(
      () => {
        model.version.value += 1;
        wait();
      },
      midnight.getTime() - now.getTime() + 1000,
    );
  }
  wait();
  return () => window.clearTimeout(timer);
}
