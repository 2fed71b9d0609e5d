import { expect } from 'chai';
import { receiveResponse } from '../../../../src/sandbox/cloudformation/index.ts';
import { AwsError } from '../../../../src/sandbox/kernel/errors.ts';
import type { Service } from '../../../../src/sandbox/kernel/world.ts';
import { StackWorld, topic } from '../support/sandbox.ts';

const FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:maker';

interface Event {
  readonly RequestType: string;
  readonly ResponseURL: string;
  readonly RequestId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Record<string, unknown>;
  readonly OldResourceProperties?: Record<string, unknown>;
}

/** A Lambda whose one function is the test's own. */
class Functions {
  readonly events: Event[] = [];
  readonly service: Service = {
    name: 'lambda',
    signingNames: ['lambda'],
    sdk: () => Promise.resolve({}),
    operations: {
      Invoke: ({ FunctionName, Payload }: { FunctionName: string; Payload: Uint8Array }) => {
        if (FunctionName !== FUNCTION) {
          throw new AwsError('ResourceNotFoundException', `Function not found: ${FunctionName}`, 404);
        }
        this.events.push(JSON.parse(Buffer.from(Payload).toString()) as Event);
        return { StatusCode: 202 };
      },
    },
  };
}

const template = (properties: object = {}, token = FUNCTION) => ({
  Resources: { Thing: { Type: 'Custom::Thing', Properties: { ServiceToken: token, ...properties } } },
  Outputs: { Colour: { Value: { 'Fn::GetAtt': ['Thing', 'Colour'] } }, Id: { Value: { Ref: 'Thing' } } },
});

describe('a custom resource', () => {
  let world: StackWorld;
  let functions: Functions;
  beforeEach(() => {
    functions = new Functions();
    world = new StackWorld([functions.service]);
  });

  const respond = async (answer: object) => {
    const event = functions.events.at(-1)!;
    const token = new URL(event.ResponseURL).pathname.split('/').at(-1)!;
    receiveResponse(world, token, JSON.stringify({ RequestId: event.RequestId, ...answer }));
    await world.pass(10);
  };
  const create = async () => {
    await world.create('demo', template({ Size: 5, Loud: true }));
    await world.pass(10);
  };

  it('is made by its function, which is told everything and answers at a URL', async () => {
    await create();
    const { StackId } = await world.stack('demo');
    expect(functions.events).to.have.length(1);
    expect(functions.events[0]).to.deep.include({
      RequestType: 'Create',
      StackId,
      LogicalResourceId: 'Thing',
      ResourceType: 'Custom::Thing',
      ResourceProperties: { ServiceToken: FUNCTION, Size: '5', Loud: 'true' },
    });
    await respond({ Status: 'SUCCESS', PhysicalResourceId: 'thing-1', Data: { Colour: 'red' } });
    const { StackStatus, Outputs } = await world.stack('demo');
    expect(StackStatus).to.equal('CREATE_COMPLETE');
    expect(Outputs?.map(({ OutputValue }) => OutputValue)).to.deep.equal(['red', 'thing-1']);
  });

  it('fails with the reason that the function gives, and is deleted', async () => {
    await create();
    await respond({ Status: 'FAILED', Reason: 'no paint' });
    const failed = (await world.events('demo')).find((line) => line.startsWith('Thing CREATE_FAILED'));
    expect(failed).to.equal(
      `Thing CREATE_FAILED: Received response status [FAILED] from custom resource. Message returned: no paint (RequestId: ${functions.events[0]?.RequestId})`,
    );
    expect(functions.events[1]).to.deep.include({ RequestType: 'Delete' });
    expect(functions.events[1]?.PhysicalResourceId).to.match(/^demo-Thing-/);
    await respond({ Status: 'SUCCESS', PhysicalResourceId: 'thing-1' });
    expect((await world.stack('demo')).StackStatus).to.equal('ROLLBACK_COMPLETE');
  });

  it('fails when no answer comes in time', async () => {
    await world.create('demo', template({ ServiceTimeout: 60 }));
    await world.pass(70);
    expect((await world.events('demo')).find((line) => line.startsWith('Thing CREATE_FAILED'))).to.match(
      /^Thing CREATE_FAILED: CloudFormation did not receive a response from your Custom Resource\. Please check your logs for requestId \[[0-9a-f-]+\]\./,
    );
  });

  it('fails when there is no such function, and for an SNS topic', async () => {
    await world.created('demo', template({}, `${FUNCTION}-not`), { OnFailure: 'DO_NOTHING' });
    expect(await world.events('demo')).to.include(`Thing CREATE_FAILED: Function not found: ${FUNCTION}-not`);
    await world.created('topic', template({}, 'arn:aws:sns:eu-west-1:111122223333:makers'));
    expect((await world.events('topic')).join('\n')).to.contain(
      'through Lambda functions only, not through SNS topics',
    );
  });

  it('is called off when another resource fails, and a late answer is refused', async () => {
    world.refused.add('create Topic');
    const { Resources } = template();
    await world.create('demo', { Resources: { ...Resources, Topic: topic() } });
    await world.pass(10);
    expect(await world.events('demo')).to.include('Thing CREATE_FAILED: Resource creation cancelled');
    const [made, removed] = functions.events;
    expect(removed?.RequestType).to.equal('Delete');
    expect(removed?.RequestId).not.to.equal(made?.RequestId);
    const late = new URL(made!.ResponseURL).pathname.split('/').at(-1)!;
    const answer = { RequestId: made?.RequestId, Status: 'SUCCESS', PhysicalResourceId: 'late' };
    expect(() => {
      receiveResponse(world, late, JSON.stringify(answer));
    }).to.throw('does not exist');
    await respond({ Status: 'SUCCESS', PhysicalResourceId: removed?.PhysicalResourceId });
    expect((await world.stack('demo')).StackStatus).to.equal('ROLLBACK_COMPLETE');
  });

  describe('that is updated', () => {
    beforeEach(async () => {
      await create();
      await respond({ Status: 'SUCCESS', PhysicalResourceId: 'thing-1', Data: { Colour: 'red' } });
      await world.update('demo', template({ Size: 6 }));
      await world.pass(10);
    });

    it('tells the function what it was and is to be', () => {
      expect(functions.events[1]).to.deep.include({
        RequestType: 'Update',
        PhysicalResourceId: 'thing-1',
        ResourceProperties: { ServiceToken: FUNCTION, Size: '6' },
        OldResourceProperties: { ServiceToken: FUNCTION, Size: '5', Loud: 'true' },
      });
    });

    it('is replaced when the function answers with another id', async () => {
      await respond({ Status: 'SUCCESS', PhysicalResourceId: 'thing-2', Data: { Colour: 'blue' } });
      expect(functions.events[2]).to.deep.include({ RequestType: 'Delete', PhysicalResourceId: 'thing-1' });
      expect(await world.events('demo')).to.include(
        'Thing UPDATE_IN_PROGRESS: Requested update required the provider to create a new physical resource',
      );
      await respond({ Status: 'SUCCESS', PhysicalResourceId: 'thing-1' });
      const { StackStatus, Outputs } = await world.stack('demo');
      expect(StackStatus).to.equal('UPDATE_COMPLETE');
      expect(Outputs?.map(({ OutputValue }) => OutputValue)).to.deep.equal(['blue', 'thing-2']);
    });

    it('is changed back when the update fails', async () => {
      await respond({ Status: 'FAILED', Reason: 'no' });
      expect(functions.events[2]).to.deep.include({
        RequestType: 'Update',
        ResourceProperties: { ServiceToken: FUNCTION, Size: '5', Loud: 'true' },
        OldResourceProperties: { ServiceToken: FUNCTION, Size: '6' },
      });
      await respond({ Status: 'SUCCESS', PhysicalResourceId: 'thing-1', Data: { Colour: 'red' } });
      expect((await world.stack('demo')).StackStatus).to.equal('UPDATE_ROLLBACK_COMPLETE');
    });
  });
});
