import { expect } from 'chai';
import { Fleet } from '../../../src/simulate/engine/fleet.ts';

/** Instances of two agents each, all in service. */
function fleetOf(instances: number): Fleet {
  const fleet = new Fleet(20, 2);
  for (let instance = 0; instance < instances; instance++) fleet.enterService(fleet.launch('spot', instance));
  return fleet;
}

describe('a simulated fleet', () => {
  it('gives a job to the agent that has worked last', () => {
    const fleet = fleetOf(3);
    for (let job = 0; job < 6; job++) fleet.startJob(job);
    const first = fleet.finishJob(5)!;
    const last = fleet.finishJob(0)!;
    expect(first).to.not.equal(last);
    fleet.startJob(6);
    expect(fleet.finishJob(6)).to.equal(last);
  });

  it('gives no job to the agents of an instance that is retired', () => {
    const fleet = fleetOf(2);
    fleet.startJob(0);
    expect(fleet.retire(1)).to.equal(true);
    expect(fleet.retire(1), 'a second time').to.equal(false);
    expect(fleet).to.include({ capacity: 1, terminating: 1, size: 2, idleAgents: 2, busyAgents: 1 });
    fleet.startJob(1);
    expect(fleet.busyOf(0)).to.equal(1);
    expect(fleet.finishJob(0), 'what it has is done').to.equal(1);
    expect(fleet).to.include({ idleAgents: 1, busyAgents: 1 });
  });

  it('loses the jobs of an instance that ends before them', () => {
    const fleet = fleetOf(1);
    fleet.startJob(0);
    fleet.startJob(1);
    fleet.retire(0);
    expect(fleet.terminate(0)).to.equal(2);
    expect(fleet.finishJob(0)).to.equal(undefined);
    expect(fleet).to.include({ size: 0, peak: 1, idleAgents: 0, busyAgents: 0 });
  });

  it('keeps one from service that is retired while it boots', () => {
    const fleet = new Fleet(1, 2);
    const instance = fleet.launch('spot', 0);
    expect(fleet.capacity, 'counts as capacity').to.equal(1);
    fleet.retire(instance);
    expect(fleet.enterService(instance)).to.equal(false);
    expect(fleet).to.include({ capacity: 0, idleAgents: 0 });
  });

  it('knows the oldest that is left, whoever is retired in between', () => {
    const fleet = fleetOf(4);
    fleet.retire(1);
    expect(fleet.oldest()).to.equal(0);
    fleet.retire(0);
    fleet.terminate(0);
    expect(fleet.oldest()).to.equal(2);
  });

  it('has idled only where no job came since', () => {
    const fleet = fleetOf(1);
    fleet.becomeIdle(0, 100);
    expect(fleet.hasIdled(0, 60, 159)).to.equal(false);
    expect(fleet.hasIdled(0, 60, 160)).to.equal(true);
    fleet.startJob(0);
    expect(fleet.hasIdled(0, 60, 200)).to.equal(false);
  });
});
