import { expect } from 'chai';
import type { DescribeChangeSetOutput, ResourceChange } from '@aws-sdk/client-cloudformation';
import { StackWorld, bucket, queue, refusalOf, topic } from '../support/sandbox.ts';

const BEFORE = {
  Parameters: {
    Size: { Type: 'Number', Default: 30 },
    Secret: { Type: 'String', NoEcho: true, Default: 'hush' },
  },
  Resources: {
    Topic: topic({ TopicName: 'one', Tags: [{ Key: 'team', Value: 'ci' }] }),
    Queue: queue({ VisibilityTimeout: { Ref: 'Size' } }),
    Reader: bucket({ BucketName: { 'Fn::Sub': 'reads-${Topic}' } }),
    Hidden: topic({ DisplayName: { Ref: 'Secret' } }),
    Old: topic({ DisplayName: 'old' }, { DeletionPolicy: 'Retain' }),
  },
};
const AFTER = {
  Parameters: BEFORE.Parameters,
  Resources: {
    Topic: topic(
      { TopicName: 'two', Tags: [{ Key: 'team', Value: 'platform' }] },
      { UpdateReplacePolicy: 'Retain' },
    ),
    Queue: BEFORE.Resources.Queue,
    Reader: BEFORE.Resources.Reader,
    Hidden: BEFORE.Resources.Hidden,
    New: topic({ DisplayName: 'new' }),
  },
};

const changesOf = ({ Changes = [] }: DescribeChangeSetOutput) =>
  Object.fromEntries(
    Changes.map(({ ResourceChange }) => [ResourceChange?.LogicalResourceId, ResourceChange!]),
  ) as Record<string, ResourceChange>;

describe('a change set', () => {
  let world: StackWorld;
  beforeEach(() => {
    world = new StackWorld();
  });

  describe('for a new stack', () => {
    const named = { StackName: 'demo', ChangeSetName: 'changes' };

    it('leaves the stack under review, with all it would add', async () => {
      const set = await world.changeSet('demo', BEFORE, {
        ChangeSetType: 'CREATE',
        Description: 'the first',
      });
      expect(set).to.include({
        Status: 'CREATE_COMPLETE',
        ExecutionStatus: 'AVAILABLE',
        Description: 'the first',
      });
      expect(set.ChangeSetId).to.match(/^arn:aws:cloudformation:eu-west-1:111122223333:changeSet\/changes\//);
      const changes = changesOf(set);
      expect(Object.values(changes).map(({ Action }) => Action)).to.deep.equal(
        Array.from({ length: 5 }, () => 'Add'),
      );
      expect(JSON.parse(changes['Queue']!.AfterContext!)).to.deep.equal({
        Properties: { VisibilityTimeout: '30' },
      });
      expect(changes['Hidden']!.AfterContext).to.contain('****');
      expect(JSON.stringify(set)).to.not.contain('hush');
      expect((await world.stack('demo')).StackStatus).to.equal('REVIEW_IN_PROGRESS');
      expect(await refusalOf(world.update('demo', BEFORE))).to.equal(
        'ValidationError: Stack [demo] does not exist',
      );
    });

    it('creates the stack when it is executed', async () => {
      const { ChangeSetId } = await world.changeSet('demo', BEFORE, { ChangeSetType: 'CREATE' });
      await world.ask('ExecuteChangeSet', named);
      await world.pass(300);
      const stack = await world.stack('demo');
      expect(stack.StackStatus).to.equal('CREATE_COMPLETE');
      expect(stack.ChangeSetId).to.equal(ChangeSetId);
      expect((await world.events('demo')).slice(0, 2)).to.deep.equal([
        'demo REVIEW_IN_PROGRESS: User Initiated',
        'demo CREATE_IN_PROGRESS: User Initiated',
      ]);
      const executed = await world.ask<DescribeChangeSetOutput>('DescribeChangeSet', {
        ChangeSetName: ChangeSetId,
      });
      expect(executed.ExecutionStatus).to.equal('EXECUTE_COMPLETE');
      expect(await refusalOf(world.ask('ExecuteChangeSet', { ChangeSetName: ChangeSetId }))).to.equal(
        `InvalidChangeSetStatus: ChangeSet [${ChangeSetId}] cannot be executed in its current status of [EXECUTE_COMPLETE]`,
      );
    });

    it('can be told what to do when the stack fails', async () => {
      world.refused.add('create Queue');
      await world.changeSet('demo', BEFORE, { ChangeSetType: 'CREATE', OnStackFailure: 'DO_NOTHING' });
      await world.ask('ExecuteChangeSet', named);
      await world.pass(300);
      expect((await world.stack('demo')).StackStatus).to.equal('CREATE_FAILED');
    });

    it('is deleted with the stack that it was for', async () => {
      await world.changeSet('demo', BEFORE, { ChangeSetType: 'CREATE' });
      await world.ask('DeleteStack', { StackName: 'demo' });
      await world.pass(10);
      expect(await refusalOf(world.stack('demo'))).to.equal(
        'ValidationError: Stack with id demo does not exist',
      );
    });

    it('is refused for a stack that is there, under a name that is taken, and for imports', async () => {
      await world.created('there', BEFORE);
      expect(await refusalOf(world.changeSet('there', BEFORE, { ChangeSetType: 'CREATE' }))).to.match(
        /^AlreadyExistsException: Stack \[there\] already exists/,
      );
      await world.changeSet('demo', BEFORE, { ChangeSetType: 'CREATE' });
      expect(await refusalOf(world.changeSet('demo', BEFORE, { ChangeSetType: 'CREATE' }))).to.equal(
        'AlreadyExistsException: ChangeSet [changes] already exists',
      );
      expect(await refusalOf(world.changeSet('there', BEFORE, { ChangeSetType: 'IMPORT' }))).to.match(
        /IMPORT is not supported/,
      );
    });
  });

  describe('for a stack that is there', () => {
    beforeEach(() => world.created('demo', BEFORE));

    it('says what would be added, changed, replaced and removed', async () => {
      const changes = changesOf(await world.changeSet('demo', AFTER));
      expect(
        Object.values(changes).map(({ LogicalResourceId, Action, Replacement, PolicyAction }) =>
          [LogicalResourceId, Action, Replacement, PolicyAction].filter(Boolean).join(' '),
        ),
      ).to.deep.equal([
        'Topic Modify True ReplaceAndRetain',
        'Reader Modify Conditional',
        'New Add',
        'Old Remove Retain',
      ]);
    });

    it('shows each property before and after, and what makes it differ', async () => {
      const changes = changesOf(await world.changeSet('demo', AFTER));
      expect(changes['Topic']?.Scope).to.have.members(['Properties', 'Tags', 'UpdateReplacePolicy']);
      expect(changes['Topic']?.Details?.slice(0, 2)).to.deep.equal([
        {
          Target: {
            Attribute: 'Properties',
            Name: 'TopicName',
            RequiresRecreation: 'Always',
            Path: '/Properties/TopicName',
            BeforeValue: 'one',
            AfterValue: 'two',
            AttributeChangeType: 'Modify',
          },
          Evaluation: 'Static',
          ChangeSource: 'DirectModification',
        },
        {
          Target: {
            Attribute: 'Tags',
            RequiresRecreation: 'Never',
            Path: '/Properties/Tags/0/Value',
            BeforeValue: 'ci',
            AfterValue: 'platform',
            AttributeChangeType: 'Modify',
          },
          Evaluation: 'Static',
          ChangeSource: 'DirectModification',
        },
      ]);
      expect(changes['Reader']?.Details?.[0]).to.deep.include({
        Evaluation: 'Dynamic',
        ChangeSource: 'ResourceReference',
        CausingEntity: 'Topic',
      });
      expect(changes['Reader']?.Details?.[0]?.Target?.AfterValue).to.equal('{{changeSet:KNOWN_AFTER_APPLY}}');
    });

    it('names the parameter that makes a value differ', async () => {
      const changes = changesOf(
        await world.changeSet('demo', BEFORE, {
          Parameters: [{ ParameterKey: 'Size', ParameterValue: '60' }],
        }),
      );
      expect(Object.keys(changes)).to.deep.equal(['Queue']);
      expect(changes['Queue']?.Details?.[0]).to.deep.include({
        Evaluation: 'Static',
        ChangeSource: 'ParameterReference',
        CausingEntity: 'Size',
      });
      expect(JSON.parse(changes['Queue']!.BeforeContext!)).to.deep.equal({
        Properties: { VisibilityTimeout: '30' },
      });
    });

    it('never shows what a NoEcho parameter holds', async () => {
      const set = await world.changeSet('demo', BEFORE, {
        Parameters: [{ ParameterKey: 'Secret', ParameterValue: 'psst' }],
      });
      expect(changesOf(set)['Hidden']?.Details?.[0]?.Target).to.include({
        BeforeValue: '****',
        AfterValue: '****',
      });
      expect(JSON.stringify(set)).to.not.match(/hush|psst/);
    });

    it('leaves property values out unless it is asked for them', async () => {
      await world.changeSet('demo', AFTER);
      const set = await world.ask<DescribeChangeSetOutput>('DescribeChangeSet', {
        StackName: 'demo',
        ChangeSetName: 'changes',
      });
      const { Topic } = changesOf(set);
      expect(Topic).to.not.have.any.keys('BeforeContext', 'AfterContext');
      expect(Topic?.Details?.[0]?.Target).to.deep.equal({
        Attribute: 'Properties',
        Name: 'TopicName',
        RequiresRecreation: 'Always',
      });
    });

    it('fails when it would change nothing', async () => {
      const set = await world.changeSet('demo', BEFORE);
      expect(set).to.include({
        Status: 'FAILED',
        ExecutionStatus: 'UNAVAILABLE',
        StatusReason:
          "The submitted information didn't contain changes. Submit different information to create a change set.",
      });
      expect(
        await refusalOf(world.ask('ExecuteChangeSet', { StackName: 'demo', ChangeSetName: 'changes' })),
      ).to.match(/^InvalidChangeSetStatus: .* cannot be executed in its current status of \[FAILED\]$/);
    });

    it('changes nothing until it is executed, and does then what it said', async () => {
      await world.changeSet('demo', AFTER);
      await world.pass(60);
      expect((await world.stack('demo')).StackStatus).to.equal('CREATE_COMPLETE');
      await world.ask('ExecuteChangeSet', { StackName: 'demo', ChangeSetName: 'changes' });
      await world.pass(300);
      expect((await world.stack('demo')).StackStatus).to.equal('UPDATE_COMPLETE');
      expect([...world.things.keys()]).to.include.members(['one', 'two', 'reads-two']);
    });

    it('is listed, and gone once it is deleted or another is executed', async () => {
      await world.changeSet('demo', AFTER);
      await world.changeSet('demo', AFTER, { ChangeSetName: 'others' }).catch(() => undefined);
      const names = async () =>
        (
          await world.ask<{ Summaries: { ChangeSetName: string }[] }>('ListChangeSets', { StackName: 'demo' })
        ).Summaries.map(({ ChangeSetName }) => ChangeSetName);
      expect(await names()).to.deep.equal(['others', 'changes']);
      await world.ask('DeleteChangeSet', { StackName: 'demo', ChangeSetName: 'changes' });
      expect(await names()).to.deep.equal(['others']);
      expect(
        await refusalOf(world.ask('DescribeChangeSet', { StackName: 'demo', ChangeSetName: 'changes' })),
      ).to.equal('ChangeSetNotFound: ChangeSet [changes] does not exist');
    });

    it('comes in pages of a hundred changes', async () => {
      const many = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`T${index}`, topic()]));
      const first = await world.changeSet('demo', {
        Resources: { ...BEFORE.Resources, ...many },
        Parameters: BEFORE.Parameters,
      });
      expect(first.Changes).to.have.length(100);
      const rest = await world.ask<DescribeChangeSetOutput>('DescribeChangeSet', {
        StackName: 'demo',
        ChangeSetName: 'changes',
        NextToken: first.NextToken,
      });
      expect(rest.Changes).to.have.length(20);
      expect(rest.NextToken).to.equal(undefined);
    });
  });
});
