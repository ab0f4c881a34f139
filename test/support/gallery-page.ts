import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import { expect } from 'vitest';
import { ADMIN_KEY, type TestInbox } from './test-inbox.ts';

export const VIEWPORTS = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 3,
    isMobile: true,
    hasTouch: true,
  },
} as const;
export type Device = keyof typeof VIEWPORTS;

/** The gallery in a browser of its own, and what it must not do. */
export interface GalleryPage {
  page: Page;
  context: BrowserContext;
  /**
   * Fails when the page has logged an error, broken its own policy, called another origin, or moved what was shown
   * (cumulative layout shift above 0.05, as browsers define it: of the worst five seconds).
   */
  checkQuiet(): Promise<void>;
  close(): Promise<void>;
}

const MAX_SHIFT = 0.05;

/**
 * Opens the gallery, signed in.
 *
 * @param key null: not signed in
 * @param options of the browser's context, besides those of the device
 */
export async function openGallery(
  browser: Browser,
  inbox: { url: string },
  {
    device = 'desktop',
    path = '/',
    key = ADMIN_KEY,
    options = {},
  }: {
    device?: Device;
    path?: string;
    key?: string | null;
    options?: Parameters<Browser['newContext']>[0];
  } = {},
): Promise<GalleryPage> {
  const context = await browser.newContext({ ...VIEWPORTS[device], ...options });
  const page = await context.newPage();
  const problems = watch(page, inbox.url);
  await page.addInitScript(recordShiftsAndViolations);
  if (key !== null) await signInContext(context, inbox, key);
  await page.goto(inbox.url + path);
  return {
    page,
    context,
    async checkQuiet() {
      const { shift, violations } = await page.evaluate(() => ({
        shift: window.layoutShift,
        violations: window.policyViolations,
      }));
      expect([...problems, ...violations]).toEqual([]);
      expect(shift).toBeLessThanOrEqual(MAX_SHIFT);
    },
    close: () => context.close(),
  };
}

/** Gives all pages of a context a session, without the form. */
export async function signInContext(
  context: BrowserContext,
  inbox: { url: string },
  key: string,
): Promise<void> {
  const headers = { 'sec-fetch-site': 'same-origin' };
  const answer = await context.request.post(`${inbox.url}/api/v1/session`, {
    headers,
    data: { key },
  });
  expect(answer.status()).toBe(201);
}

/**
 * Ends all sessions, or those of one key, when a page makes a request, once: its events would otherwise have it ask for a sign-in
 * before the test acts.
 *
 * @param url of the request, as for `page.route`
 */
export async function endSessionsAt(
  page: Page,
  inbox: TestInbox,
  url: string,
  name?: string,
): Promise<void> {
  const end = async (route: Route) => {
    const { body } = await inbox.api('get', '/api/v1/sessions').expect(200);
    for (const session of body.items) {
      if (name !== undefined && session.name !== name) continue;
      await inbox.api('delete', `/api/v1/sessions/${session.id}`).expect(204);
    }
    await route.continue();
  };
  await page.route(url, end, { times: 1 });
}

/** @returns grows with what goes wrong */
function watch(page: Page, origin: string): string[] {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    problems.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(data|blob):/.test(url)) problems.push(`calls ${url}`);
  });
  return problems;
}

declare global {
  interface Window {
    layoutShift: number;
    policyViolations: string[];
  }
}

/** Runs in the page, before its own scripts. */
function recordShiftsAndViolations(): void {
  window.layoutShift = 0;
  window.policyViolations = [];
  const WINDOW_MS = 5000;
  const GAP_MS = 1000;
  const session = { beganAt: 0, lastAt: 0, shift: 0 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { value, hadRecentInput, startTime } = entry as PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
      };
      if (hadRecentInput) continue;
      const isNew = startTime - session.lastAt > GAP_MS || startTime - session.beganAt > WINDOW_MS;
      if (isNew) Object.assign(session, { beganAt: startTime, shift: 0 });
      session.lastAt = startTime;
      session.shift += value;
      window.layoutShift = Math.max(window.layoutShift, session.shift);
    }
  }).observe({ type: 'layout-shift', buffered: true });
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
    window.policyViolations.push(`${violatedDirective}: ${blockedURI}`);
  });
}
