import { expect } from 'chai';
import { CODES } from '../../src/doctor/findings/finding.ts';
import { findingsOf } from '../../src/doctor/doctor.ts';
import type { Answer } from '../support/fleet.ts';
import { HealthyStack } from '../support/healthy-stack.ts';
import { sdkError } from '../support/world-aws.ts';
import { FAULTS } from './faults.ts';

describe('doctor', function () {
  this.timeout(120_000);
  let healthy: HealthyStack;

  before(async () => {
    healthy = await HealthyStack.create();
  });
  after(() => healthy.close());

  it('finds nothing in a healthy stack, nor on a healthy machine', async () => {
    const stack = healthy.copy();
    for (const name of ['ci', null]) {
      const { checks } = await stack.diagnose(name);
      expect(checks.flatMap(({ findings }) => findings)).to.eql([]);
      for (const { title, fact } of checks) expect(fact, title).not.to.match(/^$|not known/);
    }
  });

  for (const { what, plant, code, severity = 'error', fix, fixed, machine } of FAULTS) {
    it(`finds ${what}, and nothing else`, async () => {
      const stack = healthy.copy();
      stack.push(3_600);
      await stack.world.pass(5);
      await plant(stack);
      const lost = stack.lost;
      const found = findingsOf(await stack.diagnose(machine ? null : 'ci'));
      expect(
        found.map((each) => each.code),
        JSON.stringify(found, undefined, 1),
      ).to.eql([code]);
      const [finding] = found;
      expect(finding?.severity).to.equal(severity);
      expect(finding?.fix).to.match(fix);
      expect(finding?.repair !== undefined).to.equal(fixed === true);
      if (fixed) {
        await stack.fix();
        await stack.world.pass(30);
        expect(await stack.codes()).to.eql([]);
      }
      expect(stack.lost).to.equal(lost);
    });
  }

  it('leaves the hooks of a group alone whose launch template is gone', async () => {
    const stack = healthy.copy();
    stack.push(3_600);
    await stack.world.pass(30);
    stack.aws.refuse = (_service, operation) =>
      operation === 'DescribeLaunchTemplateVersions'
        ? sdkError('InvalidLaunchTemplateId.VersionNotFound', 'Could not find the specified version 1.')
        : undefined;
    const hooks = async () =>
      (await stack.onGroup('DescribeLifecycleHooks')).LifecycleHooks.map(
        ({ LifecycleHookName }: Answer) => LifecycleHookName,
      );
    const before = await hooks();
    expect(await stack.codes()).to.eql([]);
    await stack.fix();
    expect(await hooks())
      .to.eql(before)
      .and.to.include('bk-stack-terminating');
    // Nor does it put them on one that may be anybody's.
    for (const LifecycleHookName of before) await stack.onGroup('DeleteLifecycleHook', { LifecycleHookName });
    await stack.fix();
    expect(await hooks()).to.eql([]);
  });

  it('has a fault planted for each of its findings', () => {
    // Those two are in official-stack.test.ts.
    const planted = new Set([...FAULTS.map(({ code }) => code), 'az-rebalance', 'hook-unserved']);
    expect(CODES.filter((code) => !planted.has(code))).to.eql([]);
  });
});
