import { expect } from 'chai';
import type { FirstCause } from '../../../src/stack/diagnosis/first-cause.ts';
import { explainMissingSignals } from '../../../src/stack/diagnosis/launches.ts';

const CAUSE: FirstCause = {
  ...{
    logicalId: 'Group',
    path: 'Group',
    type: 'AWS::AutoScaling::AutoScalingGroup',
    physicalId: 'ci-Group',
  },
  ...{ reason: 'Received 0 SUCCESS signal(s) out of 2.', stackName: 'ci', at: new Date(0), alsoFailed: [] },
  advice: 'See the boot log.',
};
const explained = (cause: FirstCause | undefined, failures: string[] = ['later', 'first']) =>
  explainMissingSignals(cause, 'us-east-1', (name) =>
    Promise.resolve(name === 'ci-Group' ? failures : ['of another group']),
  );

describe('a cause that tells of missing signals', () => {
  it('has the first refused launch behind it', async () => {
    expect(await explained(CAUSE)).to.eql({ ...CAUSE, launchFailure: 'first' });
  });

  it('is advised on by that launch, where it is well known', async () => {
    const refused = "The key pair 'x' does not exist";
    const { advice = '', launchFailure } = (await explained(CAUSE, [refused])) ?? {};
    expect(launchFailure).to.equal(refused);
    expect(advice).to.contain('key pair').and.to.contain('us-east-1');
  });

  const { physicalId: _, ...unmade } = CAUSE;
  for (const [what, cause, failures] of [
    ['nothing has failed', undefined, ['x']],
    ['another resource failed', { ...CAUSE, type: 'AWS::EC2::VPC' }, ['x']],
    ['the group failed otherwise', { ...CAUSE, reason: 'Group did not stabilize' }, ['x']],
    ['the group was never made', unmade, ['x']],
    ['no launch failed', CAUSE, []],
  ] as const) {
    it(`stays as it is where ${what}`, async () => {
      expect(await explained(cause, [...failures])).to.eql(cause);
    });
  }

  it('stays as it is where launches may not be read', async () => {
    const denied = () => Promise.reject(new Error('denied'));
    expect(await explainMissingSignals(CAUSE, 'us-east-1', denied)).to.eql(CAUSE);
  });
});
