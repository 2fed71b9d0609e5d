import type { StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { expect } from 'chai';
import {
  isPresent,
  physicalIds,
  resourceTree,
  scalerFunction,
  scalerRule,
} from '../../../../src/stack/facts/stack/resources.ts';

const resource = (
  ResourceType: string,
  PhysicalResourceId: string | undefined,
  ResourceStatus: StackResourceSummary['ResourceStatus'] = 'CREATE_COMPLETE',
  LogicalResourceId = 'It',
): StackResourceSummary => ({
  ...{ ResourceType, PhysicalResourceId, ResourceStatus, LogicalResourceId },
  LastUpdatedTimestamp: new Date(0),
});
const STACK = 'AWS::CloudFormation::Stack';

describe('the resources of a stack', () => {
  it('are its own, then those of the stacks nested in it, however deep', async () => {
    const stacks: Record<string, StackResourceSummary[]> = {
      root: [resource('Vpc', 'vpc'), resource(STACK, 'inner'), resource(STACK, 'gone', 'DELETE_COMPLETE')],
      inner: [resource(STACK, 'deep'), resource('Role', 'role')],
      deep: [resource('Fn', 'fn')],
    };
    const asked: string[] = [];
    const found = await resourceTree((id) => {
      asked.push(id);
      return Promise.resolve(stacks[id] ?? []);
    }, 'root');
    expect(found.map(({ PhysicalResourceId }) => PhysicalResourceId)).to.eql([
      ...['vpc', 'inner', 'gone', 'deep', 'role', 'fn'],
    ]);
    expect(asked).to.eql(['root', 'inner', 'deep']);
  });

  it('are there unless they are deleted', () => {
    expect(isPresent({ ResourceStatus: 'DELETE_COMPLETE' })).to.equal(false);
    expect(isPresent({ ResourceStatus: 'DELETE_FAILED' })).to.equal(true);
    expect(isPresent({ ResourceStatus: 'CREATE_COMPLETE' })).to.equal(true);
  });

  it('are found by their type, where they are there and have an id', () => {
    const all = [
      resource('Group', 'a'),
      resource('Group', undefined, 'CREATE_IN_PROGRESS'),
      resource('Group', '', 'CREATE_IN_PROGRESS'),
      resource('Group', 'b', 'DELETE_COMPLETE'),
      resource('Rule', 'c'),
    ];
    expect(physicalIds(all, 'Group')).to.eql(['a']);
    expect(physicalIds(all, 'Vpc')).to.eql([]);
  });

  it('have the scaler by its function and its schedule', () => {
    const named = (type: string, logical: string) =>
      resource(type, `${logical}-1`, 'CREATE_COMPLETE', logical);
    const ours = [
      named('AWS::Lambda::Function', 'BucketCleaner'),
      named('AWS::IAM::Role', 'ScalerRole'),
      named('AWS::Lambda::Function', 'AutoscalingFunction'),
      named('AWS::Events::Rule', 'OtherRule'),
      named('AWS::Scheduler::Schedule', 'ScalerSchedule'),
      named('AWS::Events::Rule', 'ScalerSchedule'),
    ];
    expect(scalerFunction(ours)).to.equal('AutoscalingFunction-1');
    expect(scalerRule(ours)).to.include({
      ResourceType: 'AWS::Events::Rule',
      LogicalResourceId: 'ScalerSchedule',
    });
    expect(scalerFunction([named('AWS::Lambda::Function', 'Scaler')])).to.equal('Scaler-1');
    expect(scalerRule([named('AWS::Events::Rule', 'PollTimer')])?.LogicalResourceId).to.equal('PollTimer');
    expect(scalerFunction([])).to.equal(undefined);
    expect(scalerRule([])).to.equal(undefined);
  });
});
