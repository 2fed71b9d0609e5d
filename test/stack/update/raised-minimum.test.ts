import { expect } from 'chai';
import { seeded } from '../../../src/simulate/engine/random.ts';
import { UpdatableStack } from '../../support/updatable.ts';

describe('an update of a group whose minimum the scaler has raised', () => {
  /** It holds as many instances as its buffer has. */
  const begun = async (buffer: number, params: Record<string, string> = {}) => {
    const stack = new UpdatableStack(seeded(1));
    const given = { MinSize: '0', MaxSize: '10', AgentsPerInstance: '1', InstanceBuffer: String(buffer) };
    await stack.create({ ...given, ...params });
    expect(await stack.group()).to.include({ MinSize: buffer });
    return stack;
  };
  const heldTag = async (stack: UpdatableStack): Promise<string | undefined> =>
    (await stack.group()).Tags.find(({ Key }: { Key: string }) => Key === 'bk-stack:held')?.Value;

  /** Puts the tag back where CloudFormation has set the group's tags to the template's, as AWS may or may not do. */
  const keepingTag = (stack: UpdatableStack): void => {
    let noted: string | undefined;
    const keep = async () => {
      const Value = await heldTag(stack);
      if (Value === undefined && noted !== undefined) {
        const tag = { ResourceId: stack.groupName, ResourceType: 'auto-scaling-group', Key: 'bk-stack:held' };
        const Tags = [{ ...tag, Value: noted, PropagateAtLaunch: false }];
        await stack.call('autoscaling', 'CreateOrUpdateTags', { Tags });
      }
      noted = Value ?? noted;
    };
    // Not as long as an update takes, at whose end the tag goes for good.
    for (let second = 1; second <= 30; second++) stack.at(second, keep);
  };

  for (const strategy of ['in-place', 'rolling', 'drain']) {
    it(`has room for a smaller maximum until CloudFormation gets to the group (${strategy})`, async () => {
      const stack = await begun(8);
      keepingTag(stack);
      const { kind } = await stack.update({ params: ['MaxSize=3', 'AgentsPerInstance=2'], strategy });
      expect(kind).to.equal('updated');
      expect(await stack.group()).to.include({ MaxSize: 3 });
      await stack.pass(300);
      expect(await stack.group(), 'it is raised again').to.include({ MinSize: 3 });
      expect(await heldTag(stack)).to.equal('0/3');
    });
  }

  it('that is rolled back leaves the minimum that was its own, raised as before', async () => {
    for (const [failing, ...params] of [
      ['Last', 'MinSize=8'],
      ['Last', 'MaxSize=3'],
      ['LaunchTemplate', 'MaxSize=3', 'AgentsPerInstance=2'],
    ] as const) {
      const stack = await begun(8);
      stack.fail(`resource:${failing}`);
      const error = await stack
        .update({ params: [...params, 'Remark=other'], strategy: 'in-place' })
        .catch((failure: unknown) => failure);
      expect(error, params.join()).to.be.instanceOf(Error);
      // The fault has stopped the rollback too.
      stack.fail();
      await stack.cancel();
      await stack.pass(300);
      expect(await stack.group()).to.include({ MinSize: 8, MaxSize: 10 });
      expect(await heldTag(stack)).to.equal('0/8');
    }
  });
});
