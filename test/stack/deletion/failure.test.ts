import { expect } from 'chai';
import { AS_GIVEN } from '../../../src/shell/printed.ts';
import { deletionFailure } from '../../../src/stack/deletion/failure.ts';
import { deletionPlan } from '../../support/deletion-plan.ts';
import { History } from '../../support/events.ts';

const { stack } = deletionPlan();
const GROUP = { type: 'AWS::AutoScaling::AutoScalingGroup', physicalId: 'g' };
const AGAIN = 'bk-stack delete ci --region us-east-1';
const told = (history: History) => {
  const { message, hint, details } = deletionFailure(stack, history.events);
  return { message: message.split('\n'), hint: hint?.split('\n'), details };
};

describe('a deletion that failed', () => {
  it('names each resource in its way once, with its latest reason', () => {
    const history = new History()
      .resource('Vpc', 'DELETE_FAILED', { reason: 'first' })
      .resource('Vpc', 'DELETE_IN_PROGRESS')
      .resource('Vpc', 'DELETE_FAILED', { reason: 'in use', physicalId: 'vpc-1' })
      .resource('Subnet', 'DELETE_FAILED')
      .resource('Queue', 'DELETE_FAILED', { reason: 'later' })
      .resource('Queue', 'DELETE_COMPLETE')
      .resource('Other', 'DELETE_FAILED', { stackId: 'arn:nested', stackName: 'nested', reason: 'x' })
      .stack('DELETE_FAILED', 'The following resource(s) failed to delete');
    expect(told(history)).to.eql({
      message: [
        'ci could not be deleted (DELETE_FAILED).',
        'Vpc (AWS::EC2::VPC): in use',
        'Subnet (AWS::EC2::VPC): no reason given',
      ],
      hint: [
        `Once that is out of the way: ${AGAIN} ${AS_GIVEN}`,
        `Or let the rest go and keep them: ${AGAIN} --retain Vpc --retain Subnet ${AS_GIVEN}`,
      ],
      details: {
        stackName: 'ci',
        stackId: stack.stackId,
        region: 'us-east-1',
        status: 'DELETE_FAILED',
        resources: [
          { logicalId: 'Vpc', type: 'AWS::EC2::VPC', physicalId: 'vpc-1', reason: 'in use' },
          { logicalId: 'Subnet', type: 'AWS::EC2::VPC', reason: 'no reason given' },
        ],
        retain: ['Vpc', 'Subnet'],
      },
    });
  });

  it('offers to end the instances of groups at once, and never to keep them', () => {
    const history = new History()
      .resource('Group', 'DELETE_FAILED', { ...GROUP, reason: 'protected' })
      .resource('Spot', 'DELETE_FAILED', { ...GROUP, reason: 'protected' })
      .stack('DELETE_FAILED');
    expect(told(history).hint).to.eql([
      `To end the instances of Group and Spot at once, with any jobs on them, and delete the rest: ${AGAIN} --force ${AS_GIVEN}`,
    ]);
    history.resource('Vpc', 'DELETE_FAILED', { reason: 'in use' });
    expect(told(history).hint?.[1]).to.equal(
      `Or let the rest go and keep it: ${AGAIN} --retain Vpc ${AS_GIVEN}`,
    );
  });

  it('tells the stack’s own reason where no resource is known', () => {
    const history = new History().stack('DELETE_FAILED', 'older').stack('ROLLBACK_FAILED', 'no role');
    history.stack('DELETE_COMPLETE', 'nested', { stackId: 'arn:nested', stackName: 'nested' });
    const { message, details } = told(history);
    expect(message).to.eql(['ci could not be deleted (ROLLBACK_FAILED).', 'no role']);
    expect(details).to.deep.include({ status: 'ROLLBACK_FAILED', resources: [], retain: [] });
    const nothing = told(new History());
    expect(nothing.message).to.eql(['ci could not be deleted (DELETE_FAILED).']);
    expect(nothing.details).to.deep.include({ status: 'DELETE_FAILED' });
  });

  it('gives advice once that fits a reason', () => {
    const reason =
      'You are not authorized to perform: ec2:DeleteVpc because no identity-based policy allows it';
    const history = new History()
      .resource('A', 'DELETE_FAILED', { reason })
      .resource('B', 'DELETE_FAILED', { reason })
      .stack('DELETE_FAILED');
    expect(told(history).hint).to.have.length(3);
  });
});
