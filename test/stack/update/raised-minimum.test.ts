import { expect } from 'chai';
import { seeded } from '../../../src/simulate/random.ts';
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

  for (const strategy of ['in-place', 'rolling', 'drain']) {
    it(`has room for a smaller maximum until CloudFormation gets to the group (${strategy})`, async () => {
      const stack = await begun(8);
      const { kind } = await stack.update({ params: ['MaxSize=3', 'AgentsPerInstance=2'], strategy });
      expect(kind).to.equal('updated');
      expect(await stack.group()).to.include({ MaxSize: 3 });
      await stack.pass(300);
      expect(await stack.group(), 'it is raised again').to.include({ MinSize: 3 });
      expect(await heldTag(stack)).to.equal('0/3');
    });
  }

  it('that is rolled back leaves the minimum that was its own, raised as before', async () => {
    for (const params of [['MinSize=8'], ['MaxSize=3']]) {
      const stack = await begun(8);
      stack.fail('resource:Last');
      const error = await stack
        .update({ params: [...params, 'Remark=other'], strategy: 'in-place' })
        .catch((failure: unknown) => failure);
      expect(error, params.join()).to.be.instanceOf(Error);
      stack.fail();
      await stack.pass(300);
      expect(await stack.group()).to.include({ MinSize: 8, MaxSize: 10 });
      expect(await heldTag(stack)).to.equal('0/8');
    }
  });
});
