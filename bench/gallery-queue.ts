import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { ServerProcess } from './server-process.ts';
import { quantile } from './statistics.ts';
import { startWebhookStream } from './webhook-stream.ts';

// What `bench/gallery.ts` measures at the moderators' desk, with everything that it has seeded in the queue `held`.

declare global {
  interface Window {
    /**
     * Waits until another attachment of the queue is there: its blurred preview painted, and what the claim says of it.
     *
     * @param before the sid of the one that was shown
     * @returns milliseconds since the key was pressed, until that, and until the figures of its sender and its copies are
     *   there, too
     */
    untilNextShown(before: string): Promise<{ sid: string; shown: number; complete: number }>;
  }
}

/** A person looks at each. */
const BETWEEN_DECISIONS_MS = 700;
const KEYS = ['a', 'q', 'a', 'a', 'Delete'];
/** For how long something is asked again and again. */
const ASK_FOR_MS = 6000;

/** Runs in every page, before its own scripts; `addMeasures` notes when a key was pressed. */
export async function addQueueMeasures(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const frame = () => new Promise((resume) => requestAnimationFrame(resume));
    const painted = async () => {
      await frame();
      // A task after the frame: it has been painted.
      await new Promise((resume) => window.setTimeout(resume));
      return performance.now();
    };
    const text = (selector: string) => document.querySelector(selector)?.textContent ?? '';

    window.untilNextShown = async (before) => {
      for (;;) {
        await frame();
        const sid = document.querySelector('.desk-stage')?.getAttribute('data-sid');
        const blur = document.querySelector<HTMLImageElement>('.desk-blur');
        if (!sid || sid === before || !blur?.complete || blur.naturalWidth === 0) continue;
        // The claim says who has sent it.
        if (!text('.desk-panel').includes('+1555')) continue;
        await blur.decode();
        const shown = await painted();
        while (/–/.test(text('.panel-figures')) || /…/.test(text('.panel-alike'))) await frame();
        const complete = await painted();
        const { pressedAt } = window;
        return { sid, shown: shown - pressedAt, complete: complete - pressedAt };
      }
    };
  });
}

/** Works off a part of the queue, one after the other. @returns milliseconds of each */
export async function workOff(page: Page, server: ServerProcess, decisions: number) {
  await page.goto(`${server.url}/desk/held`);
  let { sid } = await page.evaluate(() => window.untilNextShown(''));
  const shown: number[] = [];
  const complete: number[] = [];
  for (let n = 0; n < decisions; n += 1) {
    await page.waitForTimeout(BETWEEN_DECISIONS_MS);
    const next = page.evaluate((before) => window.untilNextShown(before), sid);
    await page.keyboard.press(KEYS[n % KEYS.length] ?? 'a');
    const times = await next;
    sid = times.sid;
    shown.push(times.shown);
    complete.push(times.complete);
  }
  return { shown, complete };
}

/**
 * Asks for what a page shows of a queue, again and again, while ten webhooks a second come in.
 *
 * @param paths by a name for people
 * @returns of each, milliseconds of the answers, and of the webhook that waited longest meanwhile
 */
export async function askBesideWebhooks(
  server: ServerProcess,
  key: string,
  account: { accountSid: string; authToken: string },
  paths: Record<string, string>,
) {
  const webhooks = startWebhookStream({ ...account, baseUrl: server.url, publicUrl: server.url });
  const headers = { authorization: `Bearer ${key}` };
  try {
    const results: { name: string; answers: number[]; longestWait: number }[] = [];
    for (const [name, path] of Object.entries(paths)) {
      const startedAt = performance.now();
      const answers: number[] = [];
      while (performance.now() < startedAt + ASK_FOR_MS) {
        const askedAt = performance.now();
        const answer = await fetch(server.url + path, { headers });
        await answer.arrayBuffer();
        if (!answer.ok) throw new Error(`${path} was answered ${answer.status}`);
        answers.push(performance.now() - askedAt);
      }
      await setTimeout(300);
      const longestWait = quantile(await webhooks.waitsSince(startedAt), 1);
      results.push({ name, answers, longestWait });
    }
    return results;
  } finally {
    await webhooks.stop();
  }
}
