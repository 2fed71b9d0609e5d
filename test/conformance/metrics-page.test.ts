import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { metricsPage } from '../../src/metrics/page/page.ts';
import { longestWaits, SERIES, type StackMetrics } from '../../src/metrics/series.ts';
import { axeViolations, openBrowser, type Page } from './support/browser.ts';

/** A morning with a gap in it, of a queue whose name is markup. */
function morning(): StackMetrics {
  const count = 240;
  const from = Date.UTC(2026, 10, 24, 8);
  const values = (most: number, phase: number) =>
    Array.from({ length: count }, (_, minute) =>
      minute >= 100 && minute < 115 ? null : Math.max(0, Math.round(most * Math.sin(minute / 20 + phase))),
    );
  const scheduled = values(12, 0);
  return {
    ...{ stackName: 'ci', region: 'eu-central-1', queue: '<b onclick="alert(1)">deploy</b>' },
    from: new Date(from).toISOString(),
    until: new Date(from + count * 60_000).toISOString(),
    periodSeconds: 60,
    times: Array.from({ length: count }, (_, minute) => new Date(from + minute * 60_000).toISOString()),
    series: SERIES.map(({ id, chart, label }, index) => {
      const average = index === 0 ? scheduled : values(30 + index, index);
      return { ...{ id, chart, label, average }, maximum: average.map((value) => value && value + 3) };
    }),
    longestWaitAtMost: longestWaits(scheduled, scheduled, 60),
    notes: ['Jobs and agents are those of the queue.'],
  };
}

describe('the page of bk-stack metrics in Chromium', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-page-'));
  const file = join(folder, 'metrics.html');
  const requests: string[] = [];
  const complaints: string[] = [];
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  let page: Page;

  before(async () => {
    writeFileSync(file, metricsPage(morning()));
    browser = await openBrowser();
    page = await browser.newPage();
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(pathToFileURL(file).href);
  });
  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('asks for nothing but itself, and nothing goes wrong', () => {
    expect(requests.filter((url) => !url.startsWith('data:'))).to.deep.equal([pathToFileURL(file).href]);
    expect(complaints).to.deep.equal([]);
  });

  for (const { scheme, width } of [
    { scheme: 'light', width: 1100 },
    { scheme: 'dark', width: 360 },
  ]) {
    it(`has no fault that axe finds, ${scheme} and ${width} pixels wide, with its tables open`, async () => {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      await page.setViewport({ width, height: 900 });
      const kept = process.env['CONFORMANCE_SCREENSHOTS'];
      if (kept !== undefined) {
        await page.screenshot({ path: join(kept, `metrics-${scheme}-${width}.png`), fullPage: true });
      }
      await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true })');
      const found = (await axeViolations(page)).map(({ id, impact, nodes }) => [
        id,
        impact,
        nodes[0]?.failureSummary,
      ]);
      expect(found).to.deep.equal([]);
      // Nothing sticks out at the side: only the tables scroll, on their own.
      expect(await page.evaluate('document.documentElement.scrollWidth')).to.be.at.most(width);
      await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = false })');
    });
  }

  it('reads a point in time out to whoever goes there by keyboard', async () => {
    const reading = () => page.evaluate<string>('document.querySelector("output").textContent');
    const before = await reading();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.type')).to.equal('range');
    await page.keyboard.press('Home');
    expect(await reading())
      .to.match(/^2026-11-24 08:00 UTC; scheduled \d+.*; running /)
      .and.not.equal(before);
    await page.keyboard.press('ArrowRight');
    expect(await reading()).to.match(/^2026-11-24 08:01 UTC/);
    expect(await page.evaluate('document.activeElement.getAttribute("aria-valuetext")')).to.equal(
      await reading(),
    );
  });
});
