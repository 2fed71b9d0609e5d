import { expect } from 'chai';
import { AwsError } from '../../../../src/sandbox/kernel/errors.ts';
import type { Service } from '../../../../src/sandbox/kernel/world.ts';
import { StackWorld, bucket, topic } from '../support/sandbox.ts';

const CHILD = {
  Parameters: { Words: { Type: 'CommaDelimitedList' } },
  Resources: { Inner: topic({ DisplayName: { 'Fn::Join': [' ', { Ref: 'Words' }] } }) },
  Outputs: { Name: { Value: { 'Fn::GetAtt': ['Inner', 'TopicName'] } } },
};
const parent = (words: string[] = ['a', 'b'], more: object = {}) => ({
  Resources: {
    Child: {
      Type: 'AWS::CloudFormation::Stack',
      Properties: {
        TemplateURL: 'https://templates.s3.amazonaws.com/some+folder/child.json',
        Parameters: { Words: words.join(',') },
      },
    },
    Outer: topic({ DisplayName: { 'Fn::GetAtt': ['Child', 'Outputs.Name'] } }),
    ...more,
  },
  Outputs: { Child: { Value: { Ref: 'Child' } } },
});

describe('a nested stack', () => {
  let world: StackWorld;
  let files: Record<string, object>;
  beforeEach(() => {
    files = { 'templates/some folder/child.json': CHILD };
    const s3: Service = {
      name: 's3',
      signingNames: ['s3'],
      sdk: () => Promise.resolve({}),
      operations: {
        GetObject({ Bucket, Key }: { Bucket: string; Key: string }) {
          const file = files[`${Bucket}/${Key}`];
          if (file === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
          return { Body: Buffer.from(JSON.stringify(file)) };
        },
      },
    };
    world = new StackWorld([s3]);
  });

  const childId = async () => (await world.stack('demo')).Outputs?.[0]?.OutputValue ?? '';

  it('is a stack of its own, and gives its outputs to the one around it', async () => {
    const stack = await world.created('demo', parent(), { Tags: [{ Key: 'team', Value: 'ci' }] });
    expect(stack.StackStatus).to.equal('CREATE_COMPLETE');
    const child = await world.stack(await childId());
    expect(child.StackName).to.match(/^demo-Child-[0-9A-Z]{12}$/);
    expect(child).to.include({
      ParentId: stack.StackId,
      RootId: stack.StackId,
      StackStatus: 'CREATE_COMPLETE',
    });
    expect(child.Tags).to.deep.equal([{ Key: 'team', Value: 'ci' }]);
    expect([...world.things.values()].map(({ DisplayName }) => DisplayName)).to.deep.equal([
      'a b',
      child.Outputs?.[0]?.OutputValue,
    ]);
    expect(await world.events(child.StackId!)).to.include('Inner CREATE_COMPLETE');
    expect(await world.events('demo')).to.include('Child CREATE_IN_PROGRESS: Resource creation Initiated');
  });

  it('fails the stack around it, which deletes it', async () => {
    world.refused.add('create Inner');
    const stack = await world.created('demo', parent());
    expect(stack.StackStatus).to.equal('ROLLBACK_COMPLETE');
    expect((await world.events('demo')).find((line) => line.startsWith('Child CREATE_FAILED'))).to.match(
      /^Child CREATE_FAILED: Embedded stack arn:aws:cloudformation:\S+ was not successfully created: The following resource\(s\) failed to create: \[Inner\]\.$/,
    );
    const { StackSummaries } = await world.ask<{
      StackSummaries: { StackName: string; StackStatus: string }[];
    }>('ListStacks');
    expect(StackSummaries.map(({ StackStatus }) => StackStatus)).to.have.members([
      'ROLLBACK_COMPLETE',
      'DELETE_COMPLETE',
    ]);
  });

  it('fails when its template is not there', async () => {
    files = {};
    await world.created('demo', parent());
    expect((await world.events('demo')).find((line) => line.startsWith('Child CREATE_FAILED'))).to.match(
      /^Child CREATE_FAILED: S3 error: The specified key does not exist\.\n/,
    );
  });

  it('is updated with the stack around it', async () => {
    await world.created('demo', parent());
    await world.update('demo', parent(['c']));
    await world.pass(60);
    expect((await world.stack('demo')).StackStatus).to.equal('UPDATE_COMPLETE');
    expect((await world.stack(await childId())).StackStatus).to.equal('UPDATE_COMPLETE');
    expect([...world.things.values()][0]?.['DisplayName']).to.equal('c');
  });

  it('is updated when its template differs under the same URL', async () => {
    await world.created('demo', parent());
    expect(await world.update('demo', parent()).catch((error: unknown) => (error as Error).message)).to.equal(
      'No updates are to be performed.',
    );
    files['templates/some folder/child.json'] = {
      ...CHILD,
      Resources: { ...CHILD.Resources, Second: topic() },
    };
    await world.update('demo', parent());
    await world.pass(60);
    expect(await world.resources(await childId())).to.deep.equal([
      'Inner CREATE_COMPLETE',
      'Second CREATE_COMPLETE',
    ]);
  });

  it('is taken back with the stack around it', async () => {
    await world.created('demo', parent());
    world.refused.add('create Bad');
    await world.update('demo', parent(['c'], { Bad: bucket({}, { DependsOn: 'Child' }) }));
    await world.pass(120);
    expect((await world.stack('demo')).StackStatus).to.equal('UPDATE_ROLLBACK_COMPLETE');
    expect([...world.things.values()][0]?.['DisplayName']).to.equal('a b');
    expect((await world.stack(await childId())).StackStatus).to.equal('UPDATE_COMPLETE');
  });

  it('that fails its update turns the stack around it back', async () => {
    await world.created('demo', parent());
    world.refused.add('once update Inner');
    await world.update('demo', parent(['c']));
    await world.pass(120);
    expect((await world.events('demo')).find((line) => line.startsWith('Child UPDATE_FAILED'))).to.match(
      /^Child UPDATE_FAILED: Embedded stack \S+ was not successfully updated\. Currently in UPDATE_ROLLBACK_\w+ with reason: /,
    );
    expect((await world.stack('demo')).StackStatus).to.equal('UPDATE_ROLLBACK_COMPLETE');
    expect((await world.stack(await childId())).StackStatus).to.equal('UPDATE_ROLLBACK_COMPLETE');
  });

  it('that can not be taken back keeps the stack around it from being so, until it is gone on with', async () => {
    await world.created('demo', parent());
    world.refused.add('update Inner');
    await world.update('demo', parent(['c']));
    await world.pass(120);
    expect((await world.stack('demo')).StackStatus).to.equal('UPDATE_ROLLBACK_FAILED');
    world.refused.clear();
    await world.ask('ContinueUpdateRollback', { StackName: 'demo' });
    await world.pass(120);
    expect((await world.stack('demo')).StackStatus).to.equal('UPDATE_ROLLBACK_COMPLETE');
    expect((await world.stack(await childId())).StackStatus).to.equal('UPDATE_ROLLBACK_COMPLETE');
  });

  it('is deleted with the stack around it', async () => {
    await world.created('demo', parent());
    const id = await childId();
    await world.ask('DeleteStack', { StackName: 'demo' });
    await world.pass(120);
    expect((await world.stack(id)).StackStatus).to.equal('DELETE_COMPLETE');
    expect(world.things.size).to.equal(0);
  });
});
