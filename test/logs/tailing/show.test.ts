import { Writable } from 'node:stream';
import { expect } from 'chai';
import type { LogGroup, TailedEvent } from '../../../src/logs/event.ts';
import type { TailBatch } from '../../../src/logs/tailing/open-tail.ts';
import { showTail, type ShowOptions } from '../../../src/logs/tailing/show.ts';

function event(message: string, group: LogGroup = 'agent'): TailedEvent {
  return { id: message, group, groupName: 'g', stream: 'i-1', timestamp: 0, ingestedAt: 0, message };
}

async function shown(batches: readonly TailBatch[], options: Partial<ShowOptions> = {}) {
  const writes: string[] = [];
  const out = new Writable({
    write(chunk: Buffer, _, done) {
      writes.push(chunk.toString());
      done();
    },
  });
  async function* coming() {
    yield* await Promise.resolve(batches);
  }
  await showTail(coming(), { format: 'short', utc: true, colours: 0, matches: undefined, ...options }, out);
  return writes;
}

describe('showing a tail', () => {
  it('writes a line for each event, a thousand at once', async () => {
    const writes = await shown([
      { events: Array.from({ length: 2001 }, (_, number) => event(`m${number}`)) },
    ]);
    expect(writes.map((text) => text.split('\n').length - 1)).to.eql([1000, 1000, 1]);
    expect(writes[2]).to.equal('00:00:00 agent     i-1 m2000\n');
  });

  it('writes nothing for no event', async () => {
    expect(await shown([{ events: [] }, { of: 'i-1', events: [] }])).to.eql([]);
  });

  it('heads the lines of each instance, once', async () => {
    const of = (id: string, message: string) => ({ of: id, events: [event(message)] });
    const text = (await shown([of('i-1', 'a'), of('i-1', 'b'), of('i-2', 'c')])).join('');
    expect(text.replace(/00:00:00 agent {5}i-1 /g, '')).to.equal('i-1\na\nb\n\ni-2\nc\n');
  });

  it('heads nothing in JSON, and nothing that is not shown', async () => {
    const batches = [{ of: 'i-1', events: [event('a')] }];
    expect((await shown(batches, { format: 'json' })).join('')).to.match(/^\{.*\}\n$/);
    expect(await shown(batches, { matches: /b/u })).to.eql([]);
  });

  it('shows what matches, and else what tells something', async () => {
    const start = 'START RequestId: 1';
    const batches = [{ events: [event(start, 'scaler'), event('told', 'scaler')] }];
    const messages = async (matches?: RegExp) =>
      (await shown(batches, { matches })).join('').match(/START|told/g);
    expect(await messages()).to.eql(['told']);
    expect(await messages(/START/u)).to.eql(['START']);
  });
});
