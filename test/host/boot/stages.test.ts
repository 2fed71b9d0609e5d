import { expect } from 'chai';
import { bootState, entersWarmPool, firstStep } from '../../../src/host/boot/stages.ts';
import { isBeforeHook } from '../../../src/host/lifecycle/group.ts';

describe('the first step of a boot', () => {
  it('is everything on a new instance, wherever it goes', () => {
    for (const target of ['InService', 'Warmed:Stopped', undefined]) {
      expect(firstStep(undefined, target)).to.equal('bring up');
    }
  });

  it('is to wake an instance that was prepared, once the pool has let it go', () => {
    expect(firstStep('prepared', 'Warmed:Stopped')).to.equal('wait');
    expect(firstStep('prepared', 'InService')).to.equal('wake');
  });

  it('is nothing after a whole boot, and never to take up a broken one', () => {
    expect(firstStep('completed', 'InService')).to.equal('nothing');
    for (const target of ['InService', 'Warmed:Stopped']) {
      expect(firstStep('started', target)).to.equal('give up');
    }
  });
});

describe('the state of a boot', () => {
  it('is read as it was written, and anything else is refused', () => {
    expect(bootState(undefined)).to.equal(undefined);
    for (const state of ['started', 'prepared', 'completed'] as const) {
      expect(bootState(`${state}\n`)).to.equal(state);
    }
    expect(() => bootState('half')).to.throw('An earlier boot of this instance left "half"');
  });
});

describe('where a group takes an instance', () => {
  it('is its warm pool in every state that says so', () => {
    for (const target of ['Warmed:Stopped', 'Warmed:Running', 'Warmed:Hibernated', 'Warmed:Terminated']) {
      expect(entersWarmPool(target), target).to.equal(true);
    }
    for (const target of ['InService', 'Standby', 'Terminated', undefined]) {
      expect(entersWarmPool(target), target).to.equal(false);
    }
  });

  it('is not yet held by the launching hook before the group has seen it run', () => {
    expect(['Pending', 'Warmed:Pending'].every(isBeforeHook)).to.equal(true);
    expect(['Pending:Wait', 'InService', undefined].some(isBeforeHook)).to.equal(false);
  });
});
