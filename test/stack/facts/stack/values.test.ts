import { expect } from 'chai';
import {
  agentsPerInstanceOf,
  groupNameOf,
  outputOf,
  outputsOf,
  ownerOf,
  parameterOf,
  requireGroupName,
  tokenPathOf,
} from '../../../../src/stack/facts/stack/values.ts';
import { OperationError } from '../../../../src/errors.ts';

const parameters = (values: Record<string, string | undefined>) => ({
  Parameters: Object.entries(values).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  })),
});
const outputs = (values: Record<string, string>) => ({
  Outputs: Object.entries(values).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
});

describe('what a stack says of itself', () => {
  it('is a value by its key; one that is empty counts as missing', () => {
    const stack = { ...parameters({ A: '1', B: '', C: undefined }), ...outputs({ A: 'x', B: '' }) };
    expect(['A', 'B', 'C', 'D'].map((key) => parameterOf(stack, key))).to.eql([
      '1',
      undefined,
      undefined,
      undefined,
    ]);
    expect(['A', 'B', 'D'].map((key) => outputOf(stack, key))).to.eql(['x', undefined, undefined]);
    expect(parameterOf({ Parameters: undefined }, 'A')).to.equal(undefined);
    expect(outputOf({ Outputs: undefined }, 'A')).to.equal(undefined);
  });

  it('is all outputs by their keys, the empty ones too', () => {
    expect(outputsOf(outputs({ A: 'x', B: '' }))).to.eql({ A: 'x', B: '' });
    expect(outputsOf({ Outputs: undefined })).to.eql({});
  });

  it('is the name of its group, which is required where something works on it', () => {
    const made = outputs({ AutoScalingGroupName: 'ci-Group', Other: 'x' });
    expect(groupNameOf(made)).to.equal('ci-Group');
    const stack = { StackName: 'ci', CreationTime: new Date(0), StackStatus: 'CREATE_IN_PROGRESS' as const };
    expect(requireGroupName({ ...stack, ...made })).to.equal('ci-Group');
    expect(() => requireGroupName(stack))
      .to.throw(OperationError, 'The stack ci has no Auto Scaling group (it is CREATE_IN_PROGRESS)')
      .with.property('hint', 'See bk-stack status ci');
  });

  it('is where its token lies, if it was told so', () => {
    expect(tokenPathOf(parameters({ BuildkiteAgentTokenParameterStorePath: '/t' }))).to.equal('/t');
    expect(tokenPathOf(parameters({ BuildkiteAgentTokenParameterStorePath: '' }))).to.equal(undefined);
  });

  it('is how many agents an instance has: one where nothing else is said', () => {
    expect(agentsPerInstanceOf(parameters({ AgentsPerInstance: '4' }))).to.equal(4);
    expect(agentsPerInstanceOf(parameters({}))).to.equal(1);
  });

  it('is its partition and account, by its id', () => {
    const StackId = 'arn:aws-cn:cloudformation:cn-north-1:111122223333:stack/ci/1';
    expect(ownerOf({ StackId })).to.eql({ partition: 'aws-cn', account: '111122223333' });
    expect(ownerOf({ StackId: undefined })).to.eql({ partition: '', account: '' });
  });
});
