import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolFolder } from './tools.ts';

/** What is asked of a page, of all that puppeteer offers. */
export interface Page {
  goto(url: string): Promise<unknown>;
  setViewport(size: { width: number; height: number }): Promise<void>;
  emulateMediaFeatures(features: { name: string; value: string }[]): Promise<void>;
  evaluate<Result>(script: string): Promise<Result>;
  screenshot(options: { path: string; fullPage: true }): Promise<unknown>;
  on(event: 'request', listener: (request: { url(): string }) => void): void;
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): void;
  on(event: 'pageerror', listener: (error: Error) => void): void;
  readonly keyboard: { press(key: string): Promise<void> };
}

interface Browser {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

export interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Debian's Chromium without a window. */
export async function openBrowser(): Promise<Browser> {
  const { launch } = browserPackages()('puppeteer-core') as {
    launch(options: { executablePath: string; args: string[] }): Promise<Browser>;
  };
  // Root, as in a container, cannot have Chromium's own sandbox.
  const args = process.getuid?.() === 0 ? ['--no-sandbox', '--disable-gpu'] : ['--disable-gpu'];
  return launch({ executablePath: '/usr/bin/chromium', args });
}

/** What axe finds wrong with a page as it is now. */
export async function axeViolations(page: Page): Promise<Violation[]> {
  await page.evaluate(readFileSync(browserPackages().resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate('axe.run(document, { preload: false }).then(({ violations }) => violations)');
}

function browserPackages(): NodeJS.Require {
  return createRequire(join(toolFolder('browser'), 'package.json'));
}
