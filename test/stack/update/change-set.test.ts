import { expect } from 'chai';
import { seeded } from '../../../src/simulate/engine/random.ts';
import { UpdatableStack } from '../../support/updatable.ts';

describe('the change set of an update that does not begin', () => {
  const small = async () => {
    const stack = new UpdatableStack(seeded(1));
    await stack.create({ MinSize: '1', MaxSize: '2', AgentsPerInstance: '1' });
    return stack;
  };
  const left = async (stack: UpdatableStack) => {
    const { Summaries } = await stack.call('cloudformation', 'ListChangeSets', { StackName: 'ci' });
    return (Summaries as object[]).length;
  };
  const failing = (stack: UpdatableStack) =>
    stack.update({ params: ['AgentsPerInstance=2'] }).then(
      () => undefined,
      (error: unknown) => error as Error,
    );
  const denied = () =>
    Object.assign(new Error('not authorized'), { name: 'AccessDeniedException', $metadata: {} });

  it('does not stay where it was not agreed to', async () => {
    const stack = await small();
    stack.agrees = false;
    const error = await failing(stack);
    expect([error?.name, error?.message]).to.eql(['DeclinedError', 'Nothing was changed.']);
    expect(await left(stack)).to.equal(0);
  });

  it('does not stay where looking was cut short after it was made', async () => {
    const stack = await small();
    let made = false;
    stack.aws.refuse = (_service, operation) => {
      made ||= operation === 'CreateChangeSet';
      return made && operation === 'DescribeAutoScalingGroups' ? denied() : undefined;
    };
    expect((await failing(stack))?.message).to.match(/not authorized/);
    expect(made).to.equal(true);
    expect(await left(stack)).to.equal(0);
  });

  it('does not stay where the update may not be written down', async () => {
    const stack = await small();
    stack.aws.refuse = (_service, operation) => (operation === 'PutParameter' ? denied() : undefined);
    expect((await failing(stack))?.message).to.match(/not authorized/);
    expect(await left(stack)).to.equal(0);
  });

  it('is executed where the answer was lost that the update is written down', async () => {
    const stack = await small();
    let lost = false;
    stack.aws.answer = (operation, _input, answer) => {
      if (operation !== 'PutParameter' || lost) return answer;
      lost = true;
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    };
    expect(await failing(stack)).to.equal(undefined);
    expect(lost).to.equal(true);
    expect(await stack.parameter('AgentsPerInstance')).to.equal('2');
    expect(await stack.journal()).to.equal(undefined);
  });
});
