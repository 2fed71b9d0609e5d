import { expect } from 'chai';
import { frame, watchStatus } from '../../../src/stack/status/watch-status.ts';

const NOW = new Date('2026-11-24T10:00:00Z');

describe('watching a status', () => {
  it('shows as much as fits, with long lines wrapped, and says what is left out', () => {
    const lines = Array.from({ length: 30 }, (_, number) => `line ${number}`).join('\n');
    const shown = frame(lines, { columns: 80, rows: 10 }, 5, NOW);
    expect(shown).to.have.length(9);
    expect(shown.slice(-3)).to.eql(['line 6', '... 23 more lines', '10:00:00Z, every 5 s. Ctrl-C ends it.']);
    const wrapped = frame(`${'x'.repeat(200)}\nshort`, { columns: 80, rows: 24 }, 5, NOW);
    expect(wrapped).to.have.length(3);
    expect(frame(`${'x'.repeat(800)}\nshort`, { columns: 80, rows: 10 }, 5, NOW)[0]).to.equal(
      '... 2 more lines',
    );
  });

  it('writes to a log only what has changed, and after a failure keeps what it knew and goes on', async () => {
    const stop = new AbortController();
    const answers = ['one', 'one', new Error('no answer'), 'two'];
    const written: string[] = [];
    await watchStatus(
      { live: false, write: (text) => written.push(text.split('\n').slice(1).join('|')) },
      {
        every: 0.001,
        signal: stop.signal,
        read: () => {
          const answer = answers.shift();
          if (answers.length === 0) stop.abort();
          return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? '');
        },
        failed: (error) => (error as Error).message,
      },
    );
    expect(written).to.eql(['one|', 'one||no answer|', 'two|']);
  });
});
