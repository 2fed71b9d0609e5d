import { expect } from 'chai';
import { PAUSED_TAG } from '../../src/scaler/group/paused-tag.ts';
import { seeded } from '../../src/simulate/engine/random.ts';
import { capacityCalls } from '../../src/stack/capacity/calls.ts';
import { resumeGroup, scaleToZero } from '../../src/stack/capacity/scale-to-zero.ts';
import { describeStack } from '../../src/stack/status/index.ts';
import { requireStackFacts } from '../../src/stack/facts/stack-facts.ts';
import type { Answer } from './fleet.ts';
import { halted, UpdatableStack } from './updatable.ts';
import { Killed } from './world-aws.ts';

type Fault =
  | 'none'
  | 'throttling'
  | 'killed'
  | 'failing boots'
  | 'some boots fail'
  | 'refresh cancelled'
  | 'fails half way'
  | 'no capacity'
  | 'long job';
type Operation = 'rolling' | 'drain' | 'in-place' | 'pause' | 'unpause';

const FAULTS: readonly Fault[] = [
  ...['none', 'none', 'throttling', 'killed', 'killed', 'failing boots', 'some boots fail'],
  ...['refresh cancelled', 'fails half way', 'no capacity', 'long job'],
] as Fault[];
const OPERATIONS: readonly Operation[] = [
  'rolling',
  'rolling',
  'rolling',
  'drain',
  'in-place',
  'pause',
  'unpause',
];

/** What the sandbox is asked to let go wrong. An instance whose boot fails never says anything: its group waits for it in vain. */
const FAILS: Readonly<Partial<Record<Fault, readonly string[]>>> = {
  'failing boots': ['boot'],
  'some boots fail': ['boot=0.3'],
  'no capacity': ['capacity:*'],
};

function pick<Item>(items: readonly Item[], random: () => number): Item {
  return items[Math.floor(random() * items.length)]!;
}

class Sequence {
  readonly random: () => number;
  readonly stack: UpdatableStack;
  readonly diary: string[] = [];
  agents = 2;
  paused = false;
  /** Every other stack has a warm pool. */
  readonly pool: number;

  constructor(seed: number) {
    this.pool = seed % 2 === 0 ? 2 : 0;
    this.random = seeded(seed);
    this.stack = new UpdatableStack(this.random);
  }

  async run(): Promise<void> {
    await this.stack.create({
      ...{ MinSize: '3', MaxSize: '6', AgentsPerInstance: '2' },
      WarmPoolSize: String(this.pool),
    });
    this.stack.load = 5;
    this.stack.jobSeconds = [20, 900];
    for (let step = 0; step < 3; step += 1)
      await this.step(pick(OPERATIONS, this.random), pick(FAULTS, this.random));
  }

  async step(operation: Operation, fault: Fault): Promise<void> {
    this.diary.push(`${operation} with ${fault}`);
    await this.set(fault);
    const before = await this.launched();
    await this.begin(operation, fault).catch((error: unknown) => {
      this.diary.push((error as Error).message || 'killed');
    });
    await this.stack.pass(Math.floor(this.random() * 300));
    this.stack.aws.revive();
    this.stack.aws.throttled = 0;
    await this.checkStatus();
    await this.mend();
    // Until the last job that was there is done.
    await this.check(fault === 'long job' ? 9_000 : 3_000);
    if (!this.paused && isUpdate(operation)) await this.checkVersions(operation, before);
  }

  /** The launch template's version that instances are launched from now, and what it says. */
  async launched(): Promise<{ readonly version: number; readonly agents: number }> {
    const { LaunchTemplate } = await this.stack.group();
    return {
      version: Number(LaunchTemplate.Version),
      agents: Number(await this.stack.parameter('AgentsPerInstance')),
    };
  }

  async set(fault: Fault): Promise<void> {
    const { aws } = this.stack;
    aws.throttled = fault === 'throttling' ? 0.2 : 0;
    if (fault === 'killed') aws.killAfter = Math.floor(this.random() * 80);
    this.stack.fail(...(FAILS[fault] ?? []));
    // An instance that is stuck for two hours.
    if (fault === 'long job') this.stack.push(7_200);
    // It comes back while it is waited for.
    if (fault === 'no capacity')
      this.stack.at(2_000, () => {
        this.stack.fail();
      });
    if (fault === 'refresh cancelled') this.stack.at(300, () => this.stack.cancelRefresh());
  }

  begin(operation: Operation, fault: Fault): Promise<unknown> {
    const calls = capacityCalls(this.stack.aws.context);
    switch (operation) {
      case 'pause':
        this.paused = true;
        return scaleToZero(calls, this.stack.groupName);
      case 'unpause':
        this.paused = false;
        return resumeGroup(calls, this.stack.groupName);
      default: {
        this.agents = this.agents === 2 ? 3 : 2;
        // The empty value is refused by the last resource of the template.
        const params = [
          `AgentsPerInstance=${this.agents}`,
          ...(fault === 'fails half way' ? ['Remark='] : []),
        ];
        return this.stack.update({
          params,
          strategy: operation,
          batch: 34,
          drainSeconds: pick([600, 14_400], this.random),
        });
      }
    }
  }

  /** What a person does afterwards: goes on with what is there, or takes it back. */
  async mend(): Promise<void> {
    this.stack.fail();
    for (let tries = 0; (await this.stack.journal()) !== undefined; tries += 1) {
      if (tries === 3) throw new Error('it never comes to an end');
      const goOn = this.random() < 0.5;
      this.diary.push(goOn ? 'resume' : 'cancel');
      await (goOn ? this.stack.resume() : this.stack.cancel()).catch((error: unknown) => {
        if (error instanceof Killed) throw error;
        this.diary.push((error as Error).message);
      });
    }
    // One that was cut short is repeated.
    const calls = capacityCalls(this.stack.aws.context);
    if (this.paused) await scaleToZero(calls, this.stack.groupName);
    else await resumeGroup(calls, this.stack.groupName);
  }

  async check(seconds: number): Promise<void> {
    const { StackStatus } = await this.stack.stack();
    expect(StackStatus).to.match(/^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/);
    this.agents = Number(await this.stack.parameter('AgentsPerInstance'));
    expect(this.stack.lost).to.equal(0);
    const { MinSize, MaxSize, SuspendedProcesses, Tags } = await this.stack.group();
    const tagged = Tags.some(({ Key }: Answer) => Key === PAUSED_TAG);
    expect([tagged, halted(SuspendedProcesses).length > 0], 'paused').to.eql([this.paused, this.paused]);
    expect([MinSize, MaxSize]).to.eql(this.paused ? [0, 0] : [3, 6]);
    expect(await this.checkStatus(), 'status').to.equal(this.paused);
    // What was launched from a version that was taken back is gone in the end, and the group is whole and works.
    await this.stack.pass(seconds);
    expect(this.stack.lost).to.equal(0);
    const { Instances } = await this.stack.group();
    if (this.paused) {
      expect(Instances).to.eql([]);
      expect(this.stack.agents).to.equal(0);
    } else {
      expect(Instances.length).to.be.within(3, 7);
      expect(this.stack.agents).to.be.at.least(3 * 2);
    }
    await this.checkPool();
  }

  /** The pool has nothing that the group must not take; a paused group does not fill it up. */
  async checkPool(): Promise<void> {
    const { version } = await this.launched();
    const pool = await this.stack.warm();
    const staying = pool.filter((one) => !one.startsWith('Warmed:Terminating'));
    for (const one of staying) expect(one).to.equal(`Warmed:Stopped ${version}`);
    if (!this.paused) expect(staying).to.have.length(this.pool);
  }

  /** Whatever keeps a group from having instances, `status` tells of it. @returns whether it calls the stack paused */
  async checkStatus(): Promise<boolean> {
    const { problems, update } = await describeStack(await requireStackFacts(this.stack.aws.context, 'ci'));
    const told = problems.map(({ message }) => message).join('\n');
    const { MaxSize, SuspendedProcesses, Tags } = await this.stack.group();
    const held =
      MaxSize === 0 ||
      halted(SuspendedProcesses).length > 0 ||
      Tags.some(({ Key }: Answer) => Key === PAUSED_TAG);
    if (held) expect(told).to.match(/The stack is paused|An update/);
    if (update !== undefined)
      expect(problems.map(({ remedy = '' }) => remedy).join()).to.not.contain('bk-stack resume');
    return /The stack is paused/.test(told);
  }

  /** No instance is left of a version that was taken back; nor of any but the new one, where instances were to be replaced. */
  async checkVersions(
    operation: Operation,
    before: { readonly version: number; readonly agents: number },
  ): Promise<void> {
    const now = await this.launched();
    const left = Object.keys(await this.stack.versions()).map(Number);
    const others = left.filter((version) => version !== now.version);
    if (now.agents === before.agents) {
      expect(
        others.filter((version) => version > before.version),
        'taken back',
      ).to.eql([]);
    } else if (operation !== 'in-place') {
      expect(others, 'to be replaced').to.eql([]);
    }
  }
}

function isUpdate(operation: Operation): boolean {
  return operation !== 'pause' && operation !== 'unpause';
}

/**
 * Runs sequences of operations and faults, each from a seed of its own, and checks the stack after every step.
 * @throws Error that names the seed and tells what was done
 */
export async function runSequences(from: number, to: number): Promise<string[]> {
  const diary: string[] = [];
  for (let seed = from; seed < to; seed += 1) {
    const sequence = new Sequence(seed);
    await sequence.run().catch((error: unknown) => {
      const told = `seed ${seed}: ${(error as Error).message}\n${sequence.diary.join('\n')}`;
      throw new Error(told, { cause: error });
    });
    diary.push(...sequence.diary);
  }
  return diary;
}
