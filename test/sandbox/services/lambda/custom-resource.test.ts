import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { receiveResponse } from '../../../../src/sandbox/cloudformation/index.ts';
import { iam } from '../../../../src/sandbox/services/iam/index.ts';
import { lambda } from '../../../../src/sandbox/services/lambda/index.ts';
import { StackWorld } from '../../cloudformation/support/sandbox.ts';
import { Diary, makeRole, ROLE } from './support.ts';

const SOURCE = `
const response = require('cfn-response');
exports.handler = (event, context) => {
  console.log(event.RequestType + ' ' + (event.PhysicalResourceId || ''));
  const { Name } = event.ResourceProperties;
  if (Name === 'bad') response.send(event, context, response.FAILED, {});
  else response.send(event, context, response.SUCCESS, { Greeting: 'Hello, ' + Name }, 'greeting-' + Name);
};`;

const template = (Name: string) => ({
  Resources: {
    Greeter: {
      Type: 'AWS::Lambda::Function',
      Properties: { Role: ROLE, Runtime: 'nodejs22.x', Handler: 'index.handler', Code: { ZipFile: SOURCE } },
    },
    Greeting: {
      Type: 'Custom::Greeting',
      Properties: { ServiceToken: { 'Fn::GetAtt': ['Greeter', 'Arn'] }, Name },
    },
  },
  Outputs: {
    Text: { Value: { 'Fn::GetAtt': ['Greeting', 'Greeting'] } },
    Id: { Value: { Ref: 'Greeting' } },
  },
});

describe('A custom resource with a function in its template', () => {
  let world: StackWorld;
  let diary: Diary;
  let server: Server;

  beforeEach(async () => {
    diary = new Diary();
    world = new StackWorld([lambda, iam, diary.service]);
    await makeRole(world);
    server = createServer((request, response) => {
      void (async () => {
        let body = '';
        for await (const chunk of request) body += String(chunk);
        receiveResponse(world, (request.url ?? '').split('/').at(-1)!, body);
        response.end();
      })();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    world.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => server.close());

  /** What the function was asked, in order. */
  const asked = () =>
    [...diary.lines.values()]
      .flat()
      .flatMap((line) => /\tINFO\t((?:Create|Update|Delete) .*)\n/.exec(line)?.[1] ?? []);

  it('is made, replaced and deleted by what the function answers', async () => {
    const { StackStatus, Outputs } = await world.created('demo', template('Ada'));
    expect(StackStatus).to.equal('CREATE_COMPLETE');
    expect(Outputs?.map(({ OutputValue }) => OutputValue)).to.deep.equal(['Hello, Ada', 'greeting-Ada']);
    await world.update('demo', template('Bob'));
    await world.pass(600);
    const updated = await world.stack('demo');
    expect(updated.StackStatus).to.equal('UPDATE_COMPLETE');
    expect(updated.Outputs?.[0]?.OutputValue).to.equal('Hello, Bob');
    await world.ask('DeleteStack', { StackName: 'demo' });
    await world.pass(600);
    expect(asked()).to.deep.equal([
      'Create ',
      'Update greeting-Ada',
      'Delete greeting-Ada',
      'Delete greeting-Bob',
    ]);
  });

  it('fails with the place of the function’s log', async () => {
    const { StackStatus } = await world.created('demo', template('bad'), { OnFailure: 'DO_NOTHING' });
    expect(StackStatus).to.equal('CREATE_FAILED');
    expect((await world.events('demo')).join('\n')).to.match(
      /Greeting CREATE_FAILED: Received response status \[FAILED\] from custom resource\. Message returned: See the details in CloudWatch Log Stream: 2026\/01\/01\/\[\$LATEST\][0-9a-f]{32} \(RequestId: /,
    );
  });
});
