import { expect } from 'chai';
import type { StackEvent } from '../../../src/stack/events/event.ts';
import { EventPoller } from '../../../src/stack/events/poller.ts';
import { PollRange } from '../../../src/stack/events/poll-range.ts';
import type { EventSource } from '../../../src/stack/events/source.ts';
import { History, ROOT } from '../../support/events.ts';

const PAGE = 3;

/** CloudFormation's histories: newest first, in pages, by stack id. */
function sourceOf(events: () => readonly StackEvent[]) {
  const calls: string[] = [];
  const source: EventSource = (stack, token) => {
    calls.push(stack);
    const all = events()
      .filter(({ stackId }) => stackId === stack)
      .reverse();
    const from = Number(token ?? 0);
    const more = from + PAGE < all.length;
    return Promise.resolve({
      events: all.slice(from, from + PAGE),
      ...(more && { nextToken: String(from + PAGE) }),
    });
  };
  return { source, calls };
}

const ids = (events: readonly StackEvent[]) => events.map(({ eventId }) => eventId);

function rows(history: History, count: number): void {
  for (let i = 0; i < count; i += 1) history.resource(`R${i}`, 'CREATE_COMPLETE');
}

describe('the event poller', () => {
  it('reads back over pages, and hands out each event once, oldest first', async () => {
    const history = new History();
    const { source } = sourceOf(() => history.events);
    const poller = new EventPoller(source, ROOT, PollRange.all);
    rows(history, 7);
    expect(ids(await poller.poll())).to.deep.equal(ids(history.events));
    expect(await poller.poll()).to.deep.equal([]);
    rows(history, 5);
    expect(ids(await poller.poll())).to.deep.equal(ids(history.events.slice(7)));
  });

  it('asks for one page when nothing is new', async () => {
    const history = new History();
    rows(history, 9);
    const { source, calls } = sourceOf(() => history.events);
    const poller = new EventPoller(source, ROOT, PollRange.all);
    await poller.poll();
    calls.length = 0;
    await poller.poll();
    expect(calls).to.have.length(1);
  });

  it('neither loses nor repeats events when the pages shift while they are read', async () => {
    const history = new History();
    rows(history, 7);
    const { source } = sourceOf(() => history.events);
    const shifting: EventSource = async (stack, token) => {
      const page = await source(stack, token);
      if (token === undefined && history.events.length === 7) rows(history, 2);
      return page;
    };
    const poller = new EventPoller(shifting, ROOT, PollRange.all);
    const got = [...(await poller.poll()), ...(await poller.poll())];
    expect(ids(got).sort()).to.deep.equal(ids(history.events).sort());
  });

  it('loses nothing when a request fails half-way', async () => {
    const nested = `${ROOT}-nested`;
    const history = new History().resource('Net', 'CREATE_IN_PROGRESS', {
      type: 'AWS::CloudFormation::Stack',
      physicalId: nested,
    });
    history.resource('Vpc', 'CREATE_IN_PROGRESS', { stackId: nested });
    rows(history, 5);
    const { source } = sourceOf(() => history.events);
    for (let failing = 1; failing <= 3; failing += 1) {
      let calls = 0;
      const flaky: EventSource = (stack, token) => {
        calls += 1;
        return calls === failing ? Promise.reject(new Error('Rate exceeded')) : source(stack, token);
      };
      const poller = new EventPoller(flaky, ROOT, PollRange.all);
      await poller.poll().then(
        () => expect.fail('the request fails'),
        () => undefined,
      );
      expect(ids(await poller.poll()), `request ${failing}`).to.deep.equal(ids(history.events));
    }
  });

  it('finds an event that was written late, behind one that is known', async () => {
    const history = new History();
    rows(history, 4);
    const late = history.events.splice(2, 1);
    const { source } = sourceOf(() => history.events);
    const poller = new EventPoller(source, ROOT, PollRange.all);
    await poller.poll();
    history.events.splice(2, 0, ...late);
    expect(ids(await poller.poll())).to.deep.equal(ids(late));
  });

  it('follows nested stacks, rests while they do, and wakes with them', async () => {
    const nested = 'arn:aws:cloudformation:us-east-1:111122223333:stack/ci-Net-1/2';
    const net = { type: 'AWS::CloudFormation::Stack', physicalId: nested };
    const inside = { stackId: nested, stackName: 'ci-Net-1' };
    const history = new History()
      .resource('Net', 'CREATE_IN_PROGRESS', net)
      .stack('CREATE_IN_PROGRESS', 'User Initiated', inside)
      .resource('Vpc', 'CREATE_COMPLETE', inside)
      .stack('CREATE_COMPLETE', undefined, inside);
    const { source, calls } = sourceOf(() => history.events);
    const poller = new EventPoller(source, ROOT, PollRange.all);
    expect(ids(await poller.poll())).to.deep.equal(ids(history.events));
    calls.length = 0;
    await poller.poll();
    expect(calls).to.deep.equal([ROOT]);
    history.resource('Net', 'DELETE_IN_PROGRESS', net).resource('Vpc', 'DELETE_IN_PROGRESS', inside);
    expect(ids(await poller.poll())).to.deep.equal(ids(history.events.slice(4)));
  });

  it('begins where its range says', async () => {
    const history = new History()
      .stack('CREATE_IN_PROGRESS', 'User Initiated')
      .stack('CREATE_COMPLETE')
      .stack('DELETE_IN_PROGRESS', 'User Initiated')
      .resource('Vpc', 'DELETE_IN_PROGRESS');
    const { source } = sourceOf(() => history.events);
    const from = async (range: PollRange) => ids(await new EventPoller(source, ROOT, range).poll());
    expect(await from(PollRange.currentOperation)).to.deep.equal(['event-2', 'event-3']);
    expect(await from(PollRange.after('event-1'))).to.deep.equal(['event-2', 'event-3']);
    expect(await from(PollRange.since(history.events[3]!.at))).to.deep.equal(['event-3']);
  });

  it('never goes back behind the operation that it began with', async () => {
    const history = new History()
      .stack('CREATE_IN_PROGRESS')
      .stack('CREATE_COMPLETE')
      .stack('UPDATE_IN_PROGRESS');
    const { source } = sourceOf(() => history.events);
    const poller = new EventPoller(source, ROOT, PollRange.currentOperation);
    expect(ids(await poller.poll())).to.deep.equal(['event-2']);
    expect(await poller.poll()).to.deep.equal([]);
    history.stack('UPDATE_ROLLBACK_IN_PROGRESS');
    expect(ids(await poller.poll())).to.deep.equal(['event-3']);
  });
});
