import { expect } from 'chai';
import type { ListedStream } from '../../../src/logs/list/list.ts';
import { logListText } from '../../../src/logs/list/text.ts';
import { widthOf } from '../../../src/terminal/text.ts';
import type { Theme } from '../../../src/terminal/theme.ts';

const as = (text: string) => text;
const theme: Theme = { stack: as, command: as, good: as, busy: as, bad: as, dim: as, heading: as };

const EVENTS = { firstEvent: '2026-11-23T10:00:00.000Z', lastEvent: '2026-11-23T11:00:00.000Z' };
const SCALER = '2026/11/23/[$LATEST]0123456789abcdef0123456789abcdef';
const STREAMS: readonly ListedStream[] = [
  { stream: 'i-0123456789abcdef0', instanceId: 'i-0123456789abcdef0', present: true, ...EVENTS },
  { stream: 'i-0123456789abcdef1', instanceId: 'i-0123456789abcdef1', present: false },
];

function textOf(columns?: number): string {
  const facts = { exists: true, bytes: 123_456, retentionDays: 7 };
  const groups = [
    { group: 'agent' as const, name: '/buildkite/ci/agent', ...facts, streams: STREAMS },
    {
      group: 'scaler' as const,
      name: '/buildkite/ci/scaler',
      ...facts,
      streams: [{ stream: SCALER, ...EVENTS }],
    },
    { group: 'boot' as const, name: '/buildkite/ci/boot', exists: false, streams: [] },
  ];
  return logListText({ stack: 'ci', shared: true, groups }, theme, columns);
}

const ALL = [
  ...['/buildkite/ci/agent', '/buildkite/ci/scaler', '/buildkite/ci/boot', 'is not there (yet)'],
  ...STREAMS.map(({ stream }) => stream),
  ...[SCALER, 'in the group', 'gone', EVENTS.firstEvent, EVENTS.lastEvent],
];

describe('the list of logs', () => {
  it('is tables where there is room, or no terminal that would wrap them', () => {
    for (const columns of [undefined, 200]) {
      expect(textOf(columns)).to.match(/^ {2}STREAM +INSTANCE +FIRST EVENT +LAST EVENT$/m);
      expect(textOf(columns)).to.match(/^\/buildkite\/ci\/agent {2}\S.*kept for 7 days, 2 streams$/m);
    }
  });

  it('fits the terminal, and lacks nothing for it', () => {
    for (const columns of [60, 80, 100]) {
      const text = textOf(columns);
      expect(text.split('\n').filter((line) => widthOf(line) > columns)).to.eql([]);
      for (const part of ALL) expect(text, String(columns)).to.contain(part);
    }
    expect(textOf(60)).to.contain(
      [
        '  i-0123456789abcdef0  in the group',
        '    2026-11-23T10:00:00.000Z to 2026-11-23T11:00:00.000Z',
        '  i-0123456789abcdef1  gone',
        '    no event',
      ].join('\n'),
    );
  });

  it('keeps the table of a group that has room for it', () => {
    const [agents = '', scaler = ''] = textOf(100).split('\n\n');
    expect(agents).to.contain('LAST EVENT');
    expect(scaler).not.to.contain('LAST EVENT');
  });

  it('breaks between words where even that is too wide', () => {
    const lines = textOf(40).split('\n');
    expect(lines).to.include('    2026-11-23T10:00:00.000Z to');
    expect(lines).to.include('      2026-11-23T11:00:00.000Z');
  });
});
