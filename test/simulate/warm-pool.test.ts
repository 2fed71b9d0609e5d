import { expect } from 'chai';
import type { Model } from '../../src/simulate/engine/model.ts';
import { simulate } from '../../src/simulate/engine/simulate.ts';
import { ownPolicy } from '../../src/simulate/policy.ts';
import { profileTrace } from '../../src/simulate/jobs/profiles.ts';
import { recommend } from '../../src/simulate/recommend.ts';
import { stackSettings } from '../../src/simulate/stack-settings.ts';
import { traceOf } from '../../src/simulate/engine/trace.ts';
import { volumePrice } from '../../src/simulate/volumes.ts';
import { PLAIN_SCALING } from '../support/scaling.ts';

const MODEL: Model = {
  agentsPerInstance: 1,
  min: 0,
  max: 1000,
  idleSeconds: 60,
  bootSeconds: 150,
  bootSpread: 0,
  apiSeconds: 2,
  interruptionsPerHour: 0,
  price: 0.1,
  seed: 1,
};
const pool = (size: number) => ({ warm: { size, startSeconds: 40, volumePrice: 0.02 } });
const own = () => ownPolicy(PLAIN_SCALING);

describe('a simulated warm pool', () => {
  it('lets a job wait for a start, and costs its volumes and the boot that fills it up again', () => {
    const trace = traceOf([[5, 60]]);
    const cold = simulate(trace, MODEL, own());
    const warm = simulate(trace, { ...MODEL, ...pool(1) }, own());
    expect(cold.waits.max).to.be.closeTo(5 + 152, 0.01);
    expect(warm.waits.max).to.be.closeTo(5 + 42, 0.01);
    expect(warm.warm).to.deep.include({ size: 1, starts: 1 });
    expect(warm.warm!.boots).to.be.closeTo((150 / 3600) * 0.1, 1e-9);
    // The whole time: a look, a start, the job, and the idle time.
    expect(warm.warm!.volumes).to.be.closeTo(((10 + 42 + 60 + 60) / 3600) * 0.02, 1e-6);
    const running = ((42 + 60 + 60) / 3600) * 0.1;
    expect(warm.cost).to.be.closeTo(running + warm.warm!.boots + warm.warm!.volumes, 1e-9);
    expect(warm.instanceHours * 3600).to.be.closeTo(42 + 60 + 60 + 150, 0.01);
  });

  it('that is empty leaves launches to boots, until it is filled up', () => {
    const two = traceOf([
      [0, 300],
      [0, 300],
    ]);
    const first = simulate(two, { ...MODEL, ...pool(1) }, own());
    expect(first.launches).to.equal(2);
    expect(first.warm!.starts).to.equal(1);
    expect(first.waits.max, 'the second boots').to.be.closeTo(152, 0.01);
    expect(first.waits.mean, 'the first starts').to.be.closeTo((152 + 42) / 2, 0.01);
    const apart = (seconds: number) =>
      simulate(
        traceOf([
          [0, 10],
          [seconds, 10],
        ]),
        { ...MODEL, ...pool(1), idleSeconds: 1 },
        own(),
      ).warm!.starts;
    expect(apart(100), 'before it is full again').to.equal(1);
    expect(apart(200)).to.equal(2);
  });

  it('of no instance changes nothing', () => {
    const trace = profileTrace('office-hours', 500, 1);
    expect(simulate(trace, { ...MODEL, bootSpread: 0.2, ...pool(0) }, own())).to.deep.equal(
      simulate(trace, { ...MODEL, bootSpread: 0.2 }, own()),
    );
  });

  it('is among what is recommended, where the group may have one', () => {
    const trace = profileTrace('office-hours', 300, 1);
    const without = recommend(trace, MODEL, PLAIN_SCALING).frontier;
    expect(without.every(({ parameters }) => !('WarmPoolSize' in parameters))).to.equal(true);
    const { frontier } = recommend(trace, { ...MODEL, ...pool(0) }, PLAIN_SCALING);
    const sizes = frontier.map(({ parameters }) => parameters['WarmPoolSize'] ?? NaN);
    expect(Math.max(...sizes)).to.be.above(0);
    expect(frontier.at(-1)!.result.waits.p95).to.be.at.most(without.at(-1)!.result.waits.p95);
  });
});

describe('the settings of a simulated warm pool', () => {
  const assumptions = {
    ...{
      bootSeconds: 150,
      startSeconds: 45,
      interruptionsPerHour: 0,
      price: 0.1,
      spotShortages: [],
      troubles: {},
      seed: 1,
    },
  };
  const warmOf = (parameters: Record<string, string>) =>
    stackSettings(new Map(Object.entries(parameters)), assumptions).model.warm;

  it('are the stack’s, with what a volume like its own costs', () => {
    const volume = { RootVolumeType: 'gp3', RootVolumeSize: '250', RootVolumeIops: '3000' };
    expect(warmOf({ WarmPoolSize: '3', OnDemandPercentage: '100', ...volume })).to.deep.equal({
      size: 3,
      startSeconds: 45,
      volumePrice: (250 * 0.08) / 730,
    });
    expect(warmOf({ WarmPoolSize: '0', OnDemandPercentage: '50', ...volume })).to.equal(undefined);
  });

  it('know what each type of volume is paid for', () => {
    const month = (RootVolumeType: string, iops: number, throughput = 125) =>
      volumePrice(
        new Map([
          ...Object.entries({ RootVolumeType, RootVolumeSize: '100' }),
          ...Object.entries({ RootVolumeIops: String(iops), RootVolumeThroughput: String(throughput) }),
        ]),
      ) * 730;
    expect(month('gp3', 3000)).to.be.closeTo(8, 1e-9);
    expect(month('gp3', 4000, 225)).to.be.closeTo(8 + 5 + 4, 1e-9);
    expect(month('gp2', 4000)).to.be.closeTo(10, 1e-9);
    expect(month('io1', 1000)).to.be.closeTo(12.5 + 65, 1e-9);
  });
});
