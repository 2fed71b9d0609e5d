import { expect } from 'chai';
import type { AwsContext } from '../../../../../src/aws/context.ts';
import {
  journalParameter,
  journalStore,
} from '../../../../../src/stack/update/execution/journal/journal-store.ts';
import { services } from '../../../../../src/sandbox/server/services.ts';
import { journalOf } from '../../../../support/fake-update.ts';
import { sdkError, WorldAws } from '../../../../support/world-aws.ts';
import { TestWorld } from '../../../../support/world.ts';

describe('the journals of updates in Parameter Store', () => {
  const begun = () => {
    const world = new TestWorld(services);
    const aws = new WorldAws(
      world,
      world.scope('us-east-1'),
      () => Promise.resolve(),
      () => 0,
    );
    return { aws, store: journalStore(aws.context) };
  };
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error as Error,
    );

  it('are opened once, and read by whoever comes', async () => {
    const { store } = begun();
    expect(await store.read('ci')).to.equal(undefined);
    expect(await store.open(journalOf())).to.equal(true);
    expect(await store.open(journalOf({ id: 'other' }))).to.equal(false);
    expect(await store.read('ci')).to.eql(journalOf());
    expect(await store.read('cj')).to.equal(undefined);
    expect(journalParameter('ci')).to.equal('/bk-stack/ci/update');
  });

  it('are written over, and say how often they were', async () => {
    const { store } = begun();
    await store.open(journalOf());
    expect(await store.write(journalOf({ phase: 'ending' }))).to.equal(2);
    expect(await store.read('ci')).to.include({ phase: 'ending' });
  });

  it('take every phase, however long and odd its failure is', async () => {
    const { store } = begun();
    await store.open(journalOf());
    for (const phase of ['draining', 'updating', 'replacing', 'undoing', 'ending'] as const) {
      const message = '{{ssm:x}} é'.repeat(2_000);
      await store.write(journalOf({ phase, failure: { message, hint: message } }));
      expect(await store.read('ci')).to.include({ phase });
    }
  });

  it('are closed, also twice', async () => {
    const { store } = begun();
    await store.open(journalOf());
    await store.close('ci');
    await store.close('ci');
    expect(await store.read('ci')).to.equal(undefined);
  });

  it('say what else AWS refuses', async () => {
    const { aws, store } = begun();
    aws.refuse = () => sdkError('AccessDenied', 'no');
    for (const work of [
      store.read('ci'),
      store.open(journalOf()),
      store.write(journalOf()),
      store.close('ci'),
    ]) {
      expect((await failure(work))?.message).to.equal('no');
    }
  });

  it('of version 0.3.0 are read', async () => {
    const Value =
      '{"id":"bk-stack-update-1","stackName":"ci","stackId":"arn","phase":"replacing","strategy":"rolling","startedAt":"2026-11-27T00:00:00.000Z","by":"arn:ann","holder":{"id":"x","host":"h","since":"2026-11-27T00:00:00.000Z"},"changeSetId":"set","resources":3,"former":{"bucket":"b","key":"k"},"refresh":{"minHealthy":100,"batch":10,"skipMatching":true},"drainSeconds":14400,"group":"g","formerVersion":"1","sizes":{"before":{"min":0,"max":4,"desired":0},"after":{"min":0,"max":5,"desired":0}},"paused":true,"refreshId":"r","undoing":"undo","cancelled":true,"failure":{"message":"m","hint":"h"}}';
    const aws = {
      clients: { ssm: () => Promise.resolve({ send: () => Promise.resolve({ Parameter: { Value } }) }) },
    } as unknown as AwsContext;
    const journal = await journalStore(aws).read('ci');
    expect(journal).to.eql(JSON.parse(Value));
    expect(journal?.sizes?.after.max).to.equal(5);
  });
});
