import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { eventually } from './test-inbox.ts';

/** A tile on the screen. */
export interface SeenTile {
  sid: string;
  /** Of its upper edge, in pixels from that of the grid. */
  top: number;
}

/** The tiles that are seen, first to last. */
export function seenTiles(page: Page): Promise<SeenTile[]> {
  return page.evaluate(() => {
    const { top: edge, bottom } = document.getElementById('content')?.getBoundingClientRect() ?? {
      top: 0,
      bottom: 0,
    };
    return [...document.querySelectorAll<HTMLElement>('#content .tile')]
      .map((tile) => ({ tile, box: tile.getBoundingClientRect() }))
      .filter(({ box }) => box.bottom > edge && box.top < bottom)
      .toSorted((a, b) => a.box.top - b.box.top || a.box.left - b.box.left)
      .map(({ tile, box }) => ({ sid: tile.dataset.sid ?? '', top: Math.round(box.top - edge) }));
  });
}

/** Waits until tiles fill the screen and their thumbnails are painted. */
export async function waitForThumbnails(page: Page): Promise<void> {
  await eventually(async () => {
    const missing = await page.evaluate(() => {
      const grid = document.getElementById('content')?.getBoundingClientRect();
      const tiles = [...document.querySelectorAll<HTMLElement>('#content .tile')];
      const seen = tiles.filter((tile) => {
        const { top, bottom } = tile.getBoundingClientRect();
        return grid && bottom > grid.top && top < grid.bottom;
      });
      const waiting = [...document.querySelectorAll('.chunk-waiting')].filter((chunk) => {
        const { top, bottom } = chunk.getBoundingClientRect();
        return grid && bottom > grid.top && top < grid.bottom;
      });
      const loading = seen.filter((tile) => {
        const image = tile.querySelector('img');
        return image !== null && !(image.complete && image.naturalWidth > 0);
      });
      return seen.length === 0 ? -1 : waiting.length + loading.length;
    });
    expect(missing).toBe(0);
  });
}

/** Scrolls by the wheel, as far as that goes. */
export async function scrollBy(page: Page, pixels: number): Promise<void> {
  const before = await page.evaluate(() => document.getElementById('content')?.scrollTop);
  await page.mouse.move(300, 300);
  await page.mouse.wheel(0, pixels);
  await eventually(async () => {
    const now = await page.evaluate(() => document.getElementById('content')?.scrollTop);
    expect(now).not.toBe(before);
  });
  await waitForRest(page);
}

/** Waits until nothing scrolls, and the place is kept in the history. */
export async function waitForRest(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        let kept = '';
        let frames = 0;
        const look = () => {
          const now = JSON.stringify([
            document.getElementById('content')?.scrollTop,
            history.state?.grid,
            document.querySelectorAll('.chunk-waiting').length,
          ]);
          frames = now === kept ? frames + 1 : 0;
          kept = now;
          if (frames > 20) resolve();
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
}

export function countTiles(page: Page): Promise<number> {
  return page.locator('#content .tile').count();
}
