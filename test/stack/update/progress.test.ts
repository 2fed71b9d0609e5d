import { expect } from 'chai';
import { openProgress } from '../../../src/stack/update/progress.ts';
import { LiveRegion } from '../../../src/terminal/live-region.ts';
import { StatusLine } from '../../../src/terminal/status-line.ts';
import { TestScreen } from '../../support/screen.ts';

const NOW = Date.parse('2026-01-01T00:10:00Z');
const quiet = { note: () => undefined, update: () => undefined, end: () => undefined };

describe('the progress of an update', () => {
  const watched = () => {
    const screen = new TestScreen();
    const progress = openProgress({
      status: new StatusLine(new LiveRegion(screen)),
      ...{ write: (line: string) => screen.write(`${line}\n`), now: () => NOW },
      ...{ display: () => Promise.resolve(quiet), longer: () => Promise.resolve(true) },
    });
    return { screen, progress };
  };
  const standing = (old: number) => ({ old, draining: 1, booting: 0, fresh: 40 - old });

  it('is one line on a terminal, painted over, and what is said between stays in its order', () => {
    const { screen, progress } = watched();
    progress.say('Replacing');
    progress.rollout(standing(40));
    progress.rollout({ ...standing(39), drainingSince: new Date(NOW - 90_000) });
    expect(screen.text).to.eql([
      'Replacing',
      '39 old, 1 finishing jobs (the longest for 1m 30s), 0 booting, 1 new',
    ]);
    expect(screen.cursorShown).to.equal(false);
    progress.say('Taking the update back');
    expect(screen.cursorShown).to.equal(true);
    progress.rollout(standing(38));
    progress.rollout(standing(37));
    progress.end();
    expect(screen.cursorShown).to.equal(true);
    expect(screen.text.map((line) => line.slice(0, 6))).to.eql(['Replac', '39 old', 'Taking', '37 old']);
  });

  it('makes way for a question and for the display of the stack', async () => {
    const { screen, progress } = watched();
    for (const next of [progress.longer, progress.stack]) {
      progress.draining({ instances: 3, finishing: 2 });
      expect(screen.cursorShown).to.equal(false);
      await next?.();
      expect(screen.cursorShown).to.equal(true);
    }
    expect(screen.text).to.eql(['3 instances left, 2 finishing jobs', '3 instances left, 2 finishing jobs']);
  });

  it('is a line for each change in a log, with its time', () => {
    const lines: string[] = [];
    const progress = openProgress({
      write: (line) => lines.push(line),
      now: () => NOW,
      display: () => Promise.resolve(quiet),
    });
    progress.draining({ instances: 1, finishing: 1 });
    progress.draining({ instances: 0, finishing: 0 });
    progress.end();
    expect(lines).to.eql([
      '2026-01-01T00:10:00Z 1 instance left, 1 finishing jobs',
      '2026-01-01T00:10:00Z 0 instances left, 0 finishing jobs',
    ]);
  });
});
