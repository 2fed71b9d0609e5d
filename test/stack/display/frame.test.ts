import { expect } from 'chai';
import { frame, headline } from '../../../src/stack/display/frame.ts';
import { LiveDisplay } from '../../../src/stack/display/live-display.ts';
import { plainLine } from '../../../src/stack/display/plain-display.ts';
import { StackClock } from '../../../src/stack/display/stack-clock.ts';
import { Progress } from '../../../src/stack/events/progress.ts';
import { LiveRegion } from '../../../src/terminal/progress/live-region.ts';
import { widthOf } from '../../../src/terminal/text.ts';
import type { Theme } from '../../../src/terminal/theme.ts';
import { History, ROOT } from '../../support/events.ts';
import { TestScreen } from '../../support/screen.ts';

const as = (text: string) => text;
const theme: Theme = { stack: as, command: as, good: as, busy: as, bad: as, dim: as, heading: as };

function progressOf(history: History, expected = 0): Progress {
  const progress = new Progress({ stackId: ROOT, stackName: 'ci' }, expected);
  progress.add(history.events);
  return progress;
}

const view = (progress: Progress, columns = 80, rows = 24) => ({
  now: new Date(progress.startedAt!.getTime() + 65_000),
  columns,
  rows,
  theme,
  tick: 0,
});

describe('the frame of a live display', () => {
  const building = new History()
    .stack('CREATE_IN_PROGRESS', 'User Initiated')
    .resource('Vpc', 'CREATE_IN_PROGRESS')
    .resource('Vpc', 'CREATE_COMPLETE')
    .resource('Group', 'CREATE_IN_PROGRESS', { type: 'AWS::AutoScaling::AutoScalingGroup' });

  it('shows counts, elapsed time and what is on its way', () => {
    const progress = progressOf(building, 12);
    expect(frame(progress, view(progress))).to.deep.equal([
      '⠋ Creating ci  1/12 resources  1m 05s',
      '  + Group   1m 02s  AutoScaling::AutoScalingGroup',
    ]);
  });

  it('shows what failed of itself with its reason, and not what was cancelled with it', () => {
    const failing = new History()
      .stack('CREATE_IN_PROGRESS')
      .resource('Vpc', 'CREATE_FAILED', { reason: 'The maximum number of VPCs has been reached.' })
      .resource('Logs', 'CREATE_FAILED', { reason: 'Resource creation cancelled' })
      .stack('ROLLBACK_IN_PROGRESS');
    const progress = progressOf(failing);
    expect(frame(progress, view(progress))).to.deep.equal([
      '⠋ Rolling back ci  0/2 resources  1m 05s',
      '  ✖ Vpc: The maximum number of VPCs has been reached.',
    ]);
  });

  it('fits any width and height', () => {
    const many = new History().stack('CREATE_IN_PROGRESS');
    for (let i = 0; i < 40; i += 1) {
      many.resource(`AResourceWithARatherLongLogicalName${i}`, 'CREATE_IN_PROGRESS', {
        type: 'AWS::ApiGatewayV2::ApiGatewayManagedOverrides',
      });
    }
    many.resource('Bad', 'CREATE_FAILED', { reason: '長い理由'.repeat(40) });
    const progress = progressOf(many, 500);
    for (const columns of [40, 60, 80, 200]) {
      const lines = frame(progress, view(progress, columns, 10));
      expect(lines.length).to.be.at.most(9);
      for (const line of lines) expect(widthOf(line), line).to.be.below(columns);
    }
    expect(frame(progress, view(progress, 80, 10)).at(-1)).to.match(/… and \d+ more/);
  });

  it('ends in one line', () => {
    const progress = progressOf(
      new History().stack('CREATE_IN_PROGRESS').resource('Vpc', 'CREATE_COMPLETE').stack('CREATE_COMPLETE'),
    );
    expect(headline(progress, view(progress))).to.equal('✔ Created ci  1/1 resources  1m 05s');
  });
});

describe('the live display', () => {
  it('leaves its notes and the last headline', () => {
    const screen = new TestScreen();
    const history = new History().stack('CREATE_IN_PROGRESS').resource('Vpc', 'CREATE_IN_PROGRESS');
    const display = new LiveDisplay(new LiveRegion(screen), theme, new StackClock(1, () => 0));
    display.note('Change set computed');
    display.update(history.events, progressOf(history));
    expect(screen.text[2]).to.contain('Vpc');
    history.resource('Vpc', 'CREATE_COMPLETE').stack('CREATE_COMPLETE');
    display.update([], progressOf(history));
    display.end();
    expect(screen.text).to.deep.equal(['Change set computed', '✔ Created ci  1/1 resources  3s']);
    expect(screen.cursorShown).to.equal(true);
  });
});

describe('a line of a log', () => {
  it('has the time, the status, the resource and the reason', () => {
    const [event] = new History().resource('Vpc', 'CREATE_FAILED', { reason: 'No\n room' }).events;
    expect(plainLine(event!, 'ci')).to.equal(
      '2026-11-23T10:00:00Z CREATE_FAILED      Vpc AWS::EC2::VPC: No room',
    );
  });

  it('leaves out the row that only tells of a physical id', () => {
    const [event] = new History().resource('Vpc', 'CREATE_IN_PROGRESS', {
      reason: 'Resource creation Initiated',
    }).events;
    expect(plainLine(event!, 'ci')).to.equal(undefined);
  });
});

describe("the stack's clock", () => {
  it('goes on from the last event, as fast as the other side, and never back', () => {
    let real = 1000;
    const clock = new StackClock(20, () => real);
    expect(clock.now()).to.equal(undefined);
    clock.saw(new Date(500_000));
    real += 1000;
    expect(clock.now()?.getTime()).to.equal(520_000);
    clock.saw(new Date(510_000));
    expect(clock.now()?.getTime()).to.equal(520_000);
    clock.saw(new Date(530_000));
    expect(clock.now()?.getTime()).to.equal(530_000);
  });
});
