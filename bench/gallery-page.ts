import type { Page } from 'playwright-core';

// What `bench/gallery.ts` measures within the page, by the clock of the page.

declare global {
  interface Window {
    /**
     * Waits until every picture that is seen is loaded, decoded and painted.
     *
     * @param isFilled whether there have to be as many as the screen takes, and nothing that is still to be loaded
     * @returns milliseconds since the page was asked for
     */
    untilPainted(isFilled: boolean): Promise<number>;
    /** When the mouse or a key was pressed last. */
    pressedAt: number;
    mostTiles: number;
    longestTask: number;
  }
}

/** Runs in every page, before its own scripts. */
export async function addMeasures(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const frame = () => new Promise((resume) => requestAnimationFrame(resume));
    const isSeen = (element: Element) => {
      const { top, bottom, left, right } = element.getBoundingClientRect();
      return bottom > 0 && right > 0 && top < innerHeight && left < innerWidth && bottom > top;
    };
    // Room for one row that is not drawn because nothing of it is seen.
    const ROW = 100;

    window.untilPainted = async (isFilled) => {
      for (;;) {
        await frame();
        const pictures = [...document.images].filter(isSeen);
        if (pictures.length === 0) continue;
        if (pictures.some(({ complete, naturalWidth }) => !complete || naturalWidth === 0))
          continue;
        if (isFilled) {
          if ([...document.querySelectorAll('.chunk-waiting')].some(isSeen)) continue;
          const bottoms = pictures.map((picture) => picture.getBoundingClientRect().bottom);
          if (Math.max(...bottoms) < innerHeight - ROW) continue;
        }
        await Promise.all(pictures.map((picture) => picture.decode().catch(() => undefined)));
        await frame();
        // A task after the frame: it has been painted.
        await new Promise((resume) => setTimeout(resume));
        return performance.now();
      }
    };
    for (const press of ['pointerdown', 'keydown']) {
      addEventListener(
        press,
        () => {
          window.pressedAt = performance.now();
        },
        { capture: true },
      );
    }
  });
}

/** Follows the number of tiles and the longest task from now on. */
export async function beginWatch(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.mostTiles = 0;
    window.longestTask = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        window.longestTask = Math.max(window.longestTask, duration);
      }
    }).observe({ type: 'longtask' });
    const count = () => {
      const { length } = document.querySelectorAll('#content .tile');
      window.mostTiles = Math.max(window.mostTiles, length);
      requestAnimationFrame(count);
    };
    count();
  });
}

/** Pixels of one wheel event, and the pause after it: some 25 events a second, as of a hand that is in a hurry. */
const WHEEL_PX = 800;
const WHEEL_PAUSE_MS = 40;

/** @returns how many rows were passed, of which two are `rowPx` apart */
export async function scrollRows(page: Page, rows: number): Promise<number> {
  const rowPx = await page.evaluate(() => {
    const canvas = document.querySelector<HTMLElement>('.grid-canvas');
    const style = canvas && getComputedStyle(canvas);
    const px = (name: string) => Number.parseFloat(style?.getPropertyValue(name) ?? '');
    return px('--row') + px('--gap');
  });
  if (!(rowPx > 0)) throw new Error('the grid does not say how high its rows are');
  const { width = 0, height = 0 } = page.viewportSize() ?? {};
  await page.mouse.move(width / 2, height / 2);
  const place = () => page.evaluate(() => document.querySelector('#content')?.scrollTop ?? 0);
  const from = await place();
  // Rows of less than their greatest height are many, and what is loaded corrects the place.
  for (let passed = 0; passed < rows * rowPx; passed += WHEEL_PX) {
    await page.mouse.wheel(0, WHEEL_PX);
    await page.waitForTimeout(WHEEL_PAUSE_MS);
  }
  return ((await place()) - from) / rowPx;
}

/**
 * Presses the axis of time.
 *
 * @param part where, from 0 (newest) to 1
 * @returns milliseconds until the pictures that are there are painted
 */
export async function jump(page: Page, part: number): Promise<number> {
  const box = await page.locator('.scrubber-track').boundingBox();
  if (box === null) throw new Error('there is no axis of time');
  await page.mouse.click(box.x + box.width / 2, box.y + part * box.height);
  return page.evaluate(async () => {
    const { pressedAt } = window;
    // The list is drawn in the frame after the press.
    await new Promise((resume) => requestAnimationFrame(() => requestAnimationFrame(resume)));
    return (await window.untilPainted(true)) - pressedAt;
  });
}
