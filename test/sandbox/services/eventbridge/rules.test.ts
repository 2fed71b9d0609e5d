import { expect } from 'chai';
import { eventbridge } from '../../../../src/sandbox/services/eventbridge/index.ts';
import type { Service } from '../../../../src/sandbox/kernel/world.ts';
import { Caller } from '../../../support/service.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:scaler';

describe('EventBridge', () => {
  const invoked: { FunctionName: string; at: number; event: { source: string } }[] = [];
  const lambda: Service = {
    name: 'lambda',
    signingNames: [],
    sdk: () => Promise.resolve({}),
    operations: {
      Invoke: ({ FunctionName, Payload }: { FunctionName: string; Payload: Uint8Array }, { world }) => {
        invoked.push({ FunctionName, at: world.now(), event: JSON.parse(Buffer.from(Payload).toString()) });
        return {};
      },
    },
  };
  const aws = new Caller([eventbridge, lambda]);
  const call = (operation: string, input: object) => aws.call('eventbridge', operation, input);

  it('starts a function at each of its times, and not while the rule is off', async () => {
    await call('PutRule', { Name: 'minute', ScheduleExpression: 'rate(1 minute)' });
    await call('PutTargets', { Rule: 'minute', Targets: [{ Id: 'a', Arn: FUNCTION }] });
    const began = aws.world.now();
    await aws.world.pass(150);
    expect(invoked.map(({ at }) => at - began)).to.eql([60_000, 120_000]);
    expect(invoked[0]?.event.source).to.equal('aws.events');
    await call('DisableRule', { Name: 'minute' });
    await aws.world.pass(150);
    expect(invoked).to.have.length(2);
    await call('EnableRule', { Name: 'minute' });
    await aws.world.pass(61);
    expect(invoked).to.have.length(3);
    expect((await call('DescribeRule', { Name: 'minute' })).State).to.equal('ENABLED');
  });

  it('keeps a rule until its targets are gone', async () => {
    expect((await aws.refused('eventbridge', 'DeleteRule', { Name: 'minute' })).message).to.contain(
      'has targets',
    );
    expect((await call('ListTargetsByRule', { Rule: 'minute' })).Targets).to.have.length(1);
    await call('RemoveTargets', { Rule: 'minute', Ids: ['a'] });
    await call('DeleteRule', { Name: 'minute' });
    expect((await call('ListRules', {})).Rules).to.eql([]);
    expect((await aws.refused('eventbridge', 'DescribeRule', { Name: 'minute' })).code).to.equal(
      'ResourceNotFoundException',
    );
  });

  it('takes rates that are right', async () => {
    for (const ScheduleExpression of ['rate(1 minutes)', 'rate(2 minute)', 'rate(0 minutes)', 'often']) {
      expect((await aws.refused('eventbridge', 'PutRule', { Name: 'x', ScheduleExpression })).code).to.equal(
        'ValidationException',
      );
    }
  });
});
