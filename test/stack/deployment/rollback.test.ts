import { expect } from 'chai';
import { parseTemplate } from '../../../src/cfn/document.ts';
import { InterruptedError, type OperationError } from '../../../src/errors.ts';
import { createStack, type DeploymentRequest } from '../../../src/stack/deployment/index.ts';
import { DeletableStack, TEMPLATE } from '../../support/deletable.ts';
import { sdkError } from '../../support/world-aws.ts';

const template = parseTemplate(TEMPLATE);

async function failureOf(work: Promise<unknown>): Promise<OperationError> {
  return (await work.then(
    () => expect.fail('it should fail'),
    (reason: unknown) => reason,
  )) as OperationError;
}

describe('a creation that is rolled back with an instance up', () => {
  let stack: DeletableStack;
  beforeEach(() => {
    stack = new DeletableStack();
  });
  afterEach(() => {
    stack.dispose();
  });

  /** The template's last resource is refused, when its first instance is up. */
  const create = async (params: Record<string, string>, stop = new AbortController()) => {
    const request: DeploymentRequest = {
      stackName: 'ci',
      template,
      templateBody: template.text,
      parameters: Object.entries({ MinSize: '1', Remark: '', ...params }).map(
        ([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }),
      ),
      tags: { 'bk-stack:stack': 'ci' },
      capabilities: [],
      terminationProtection: false,
    };
    const { observer, signal } = stack.watching(stop.signal);
    const options = { signal, observer: await observer(), wait: true };
    return createStack(stack.aws.context, request, options);
  };

  for (const params of [
    { InstanceScaleInProtection: 'true' },
    { InstanceScaleInProtection: 'true', Hooks: 'inside' },
    { InstanceScaleInProtection: 'false' },
  ] as Record<string, string>[]) {
    it(`cleans itself up in seconds: ${JSON.stringify(params)}`, async () => {
      const began = stack.now;
      const failure = await failureOf(create(params));
      expect(failure.message).to.contain('ROLLBACK_COMPLETE');
      expect(failure.hint).to.contain('bk-stack delete ci --region us-east-1');
      expect(stack.now - began).to.be.below(300);
      expect([await stack.status(), await stack.instances()]).to.eql(['ROLLBACK_COMPLETE', 0]);
      expect(
        stack.said.some((line) => line.startsWith('Scale-in protection removed from 1 instance')),
      ).to.equal(params['InstanceScaleInProtection'] === 'true');
    });
  }

  it('leaves the instances of a creation alone that goes well', async () => {
    await create({ Remark: 'fine' });
    expect(stack.said.join()).to.not.contain('protection');
    expect([await stack.status(), await stack.instances()]).to.eql(['CREATE_COMPLETE', 1]);
  });

  it('names the command that finishes it, for whoever stops watching', async () => {
    const stop = new AbortController();
    // Nothing lets go of the instance.
    stack.aws.refuse = (_service, operation) => {
      if (operation !== 'SetInstanceProtection') return undefined;
      stop.abort();
      return sdkError('AccessDenied', 'You may not', 403);
    };
    const failure = await failureOf(create({}, stop));
    expect(failure).to.be.instanceOf(InterruptedError);
    expect(failure.hint).to.contain('bk-stack delete ci');
    stack.aws.refuse = () => undefined;
    await stack.delete();
    expect([await stack.status(), await stack.instances()]).to.eql(['DELETE_COMPLETE', 0]);
  });

  it('fails after an hour where nobody may let go, and says what to type', async () => {
    stack.aws.refuse = (_service, operation) =>
      operation === 'SetInstanceProtection' ? sdkError('AccessDenied', 'You may not', 403) : undefined;
    const failure = await failureOf(create({}));
    expect(failure.message).to.contain('ROLLBACK_FAILED');
    expect(failure.hint).to.contain('bk-stack delete ci --region us-east-1');
  });
});
