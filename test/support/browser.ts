import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Debian's and Ubuntu's paths; `BROWSER_PATH` names any other Chromium. */
const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** @throws Error where there is no Chromium */
export function startBrowser(): Promise<Browser> {
  const executablePath = process.env.BROWSER_PATH ?? PATHS.find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error('There is no Chromium: install it, or set BROWSER_PATH.');
  }
  // The sandbox needs privileges that containers do not give. The only pages are those of the test.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
