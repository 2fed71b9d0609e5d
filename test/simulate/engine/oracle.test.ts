import { expect } from 'chai';
import { oracleBound } from '../../../src/simulate/engine/oracle.ts';
import type { Model } from '../../../src/simulate/engine/model.ts';
import { simulate } from '../../../src/simulate/engine/simulate.ts';
import { traceOf } from '../../../src/simulate/engine/trace.ts';
import { MEASURED_PROFILES, profileTrace } from '../../../src/simulate/jobs/profiles.ts';
import { ownPolicy } from '../../../src/simulate/policy.ts';
import { PLAIN_SCALING } from '../../support/scaling.ts';

/** A cent is ten seconds, and a boot 100 seconds. */
const MODEL: Model = {
  ...{ agentsPerInstance: 1, min: 0, max: 1000, idleSeconds: 420, bootSeconds: 98, bootSpread: 0.2 },
  ...{ apiSeconds: 2, interruptionsPerHour: 0, price: 3.6, seed: 1 },
};
const seconds = (jobs: [number, number][], model: Partial<Model> = {}) => {
  const { cost, ...rest } = oracleBound(traceOf(jobs), { ...MODEL, ...model });
  return { seconds: Math.round(cost * 1000), ...rest };
};

describe('the bound of an oracle', () => {
  for (const [situation, jobs, bound] of [
    ['pays for a boot and the job', [[0, 60]], { seconds: 160, launches: 1, instances: 1 }],
    [
      'keeps an instance for a job within a boot',
      [
        [0, 60],
        [150, 60],
      ],
      { seconds: 310, launches: 1, instances: 1 },
    ],
    [
      'keeps it for one at the very end of that',
      [
        [0, 60],
        [160, 60],
      ],
      { seconds: 320, launches: 1, instances: 1 },
    ],
    [
      'boots anew for one after it',
      [
        [0, 60],
        [161, 60],
      ],
      { seconds: 320, launches: 2, instances: 1 },
    ],
    [
      'needs as many as jobs run at once',
      [
        [0, 60],
        [59, 60],
        [60, 60],
      ],
      { seconds: 380, launches: 2, instances: 2 },
    ],
    [
      'gives a job to the one that was idle for the shortest time',
      [
        [0, 10],
        [0, 90],
        [95, 10],
      ],
      { seconds: 315, launches: 2, instances: 2 },
    ],
  ] as const) {
    it(situation, () => {
      expect(seconds(jobs.map(([at, runs]) => [at, runs]))).to.eql(bound);
    });
  }

  it('has several agents share the cost, and leaves out the warm-up', () => {
    expect(
      seconds(
        [
          [0, 60],
          [0, 60],
        ],
        { agentsPerInstance: 2 },
      ),
    ).to.eql({
      ...{ seconds: 160, launches: 1, instances: 1 },
    });
    expect(
      seconds(
        [
          [0, 60],
          [1000, 60],
        ],
        { warmUpSeconds: 500 },
      ),
    ).to.include({ seconds: 160 });
  });

  it('is below what the scaler pays, on every profile', () => {
    for (const profile of MEASURED_PROFILES) {
      const trace = profileTrace(profile, 1000, 1);
      const { cost, launches } = simulate(trace, MODEL, ownPolicy(PLAIN_SCALING));
      const bound = oracleBound(trace, MODEL);
      expect(bound.cost, profile).to.be.below(cost);
      expect(launches, profile).to.be.at.most(3 * bound.launches);
    }
  });
});
