import { expect } from 'chai';
import { sns } from '../../../../src/sandbox/services/sns/index.ts';
import { sqs } from '../../../../src/sandbox/services/sqs/index.ts';
import { Caller, StackResource } from '../../../support/service.ts';

describe('SNS', () => {
  let aws: Caller;
  let TopicArn: string;
  const call = (operation: string, input: object = {}) => aws.call('sns', operation, input);
  const refused = async (operation: string, input: object = {}) => {
    const { code, message } = await aws.refused('sns', operation, input);
    return `${code}: ${message}`;
  };
  const queue = async (QueueName: string) => {
    await aws.call('sqs', 'CreateQueue', { QueueName });
    return { Protocol: 'sqs', Endpoint: `arn:aws:sqs:us-east-1:111122223333:${QueueName}` };
  };
  const received = async (QueueUrl: string) => {
    await aws.world.settled();
    const input = { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
    return (await aws.call('sqs', 'ReceiveMessage', input)).Messages as
      { Body: string; MessageAttributes?: object }[] | undefined;
  };

  beforeEach(async () => {
    aws = new Caller([sns, sqs]);
    TopicArn = (await call('CreateTopic', { Name: 'alerts', Tags: [{ Key: 'team', Value: 'ci' }] })).TopicArn;
  });

  describe('topics', () => {
    it('are found again by their name, and refused when they would differ', async () => {
      expect(TopicArn).to.equal('arn:aws:sns:us-east-1:111122223333:alerts');
      expect((await call('CreateTopic', { Name: 'alerts' })).TopicArn).to.equal(TopicArn);
      expect(await refused('CreateTopic', { Name: 'alerts', Attributes: { DisplayName: 'x' } })).to.equal(
        'InvalidParameter: Invalid parameter: Attributes Reason: Topic already exists with different attributes',
      );
      expect(await refused('CreateTopic', { Name: 'a b' })).to.contain('InvalidParameter');
      expect(await refused('CreateTopic', { Name: 'a', Attributes: { FifoTopic: 'true' } })).to.contain(
        'Topic Name',
      );
    });

    it('tell their attributes and tags', async () => {
      await call('SetTopicAttributes', { TopicArn, AttributeName: 'DisplayName', AttributeValue: 'Alerts' });
      const { Attributes } = await call('GetTopicAttributes', { TopicArn });
      expect(Attributes).to.include({ DisplayName: 'Alerts', Owner: '111122223333', TopicArn });
      await call('TagResource', { ResourceArn: TopicArn, Tags: [{ Key: 'stage', Value: 'prod' }] });
      await call('UntagResource', { ResourceArn: TopicArn, TagKeys: ['team'] });
      expect((await call('ListTagsForResource', { ResourceArn: TopicArn })).Tags).to.deep.equal([
        { Key: 'stage', Value: 'prod' },
      ]);
      expect(
        await refused('SetTopicAttributes', { TopicArn, AttributeName: 'Colour', AttributeValue: 'red' }),
      ).to.contain('AttributeName');
    });

    it('are listed in pages of a hundred, and can be deleted twice', async () => {
      for (let index = 0; index < 100; index++) await call('CreateTopic', { Name: `t${index}` });
      const first = await call('ListTopics');
      expect(first.Topics).to.have.length(100);
      expect((await call('ListTopics', { NextToken: first.NextToken })).Topics).to.have.length(1);
      await call('DeleteTopic', { TopicArn });
      await call('DeleteTopic', { TopicArn });
      expect(await refused('GetTopicAttributes', { TopicArn })).to.equal('NotFound: Topic does not exist');
    });
  });

  describe('subscriptions', () => {
    it('of queues are confirmed, those of people are not until they say so', async () => {
      const { SubscriptionArn } = await call('Subscribe', { TopicArn, ...(await queue('jobs')) });
      expect(SubscriptionArn).to.match(new RegExp(`^${TopicArn}:[0-9a-f-]{36}$`));
      const mail = { TopicArn, Protocol: 'email', Endpoint: 'ops@example.com' };
      expect((await call('Subscribe', mail)).SubscriptionArn).to.equal('pending confirmation');
      expect(
        (await call('ListSubscriptionsByTopic', { TopicArn })).Subscriptions.map(
          (one: { SubscriptionArn: string }) => one.SubscriptionArn,
        ),
      ).to.deep.equal([SubscriptionArn, 'PendingConfirmation']);
      await call('Unsubscribe', { SubscriptionArn });
      expect((await call('GetTopicAttributes', { TopicArn })).Attributes).to.include({
        SubscriptionsConfirmed: '0',
        SubscriptionsPending: '1',
        SubscriptionsDeleted: '1',
      });
    });

    it('refuse a protocol that there is not, and what the sandbox would not keep to', async () => {
      expect(await refused('Subscribe', { TopicArn, Protocol: 'pigeon', Endpoint: 'x' })).to.contain(
        'Does not support this protocol string: pigeon',
      );
      const filtered = { Attributes: { FilterPolicy: '{}' } };
      expect(await refused('Subscribe', { TopicArn, ...(await queue('jobs')), ...filtered })).to.contain(
        'it knows no filter policies',
      );
    });
  });

  describe('publishing', () => {
    it('reaches queues, wrapped unless they want it raw', async () => {
      await call('Subscribe', { TopicArn, ...(await queue('wrapped')) });
      const raw = { Attributes: { RawMessageDelivery: 'true' } };
      await call('Subscribe', { TopicArn, ...(await queue('raw')), ...raw });
      const MessageAttributes = { kind: { DataType: 'String', StringValue: 'greeting' } };
      const { MessageId } = await call('Publish', {
        ...{ TopicArn, Subject: 'Hi', Message: 'hello', MessageAttributes },
      });
      const [wrapped] = (await received('/wrapped')) ?? [];
      expect(JSON.parse(wrapped?.Body ?? '')).to.deep.include({
        ...{ Type: 'Notification', MessageId, TopicArn, Subject: 'Hi', Message: 'hello' },
        MessageAttributes: { kind: { Type: 'String', Value: 'greeting' } },
      });
      const [bare] = (await received('/raw')) ?? [];
      expect(bare).to.deep.include({ Body: 'hello', MessageAttributes });
    });

    it('says to each protocol what is meant for it', async () => {
      await call('Subscribe', { TopicArn, ...(await queue('jobs')) });
      const Message = JSON.stringify({ default: 'to all', sqs: 'to queues' });
      await call('Publish', { TopicArn, Message, MessageStructure: 'json' });
      const [message] = (await received('/jobs')) ?? [];
      expect((JSON.parse(message?.Body ?? '') as { Message: string }).Message).to.equal('to queues');
      expect(await refused('Publish', { TopicArn, Message: '{}', MessageStructure: 'json' })).to.contain(
        'No default entry',
      );
    });

    it('is not stopped by a queue that is gone', async () => {
      await call('Subscribe', {
        TopicArn,
        Protocol: 'sqs',
        Endpoint: 'arn:aws:sqs:us-east-1:111122223333:x',
      });
      await call('Subscribe', { TopicArn, ...(await queue('there')) });
      await call('Publish', { TopicArn, Message: 'hello' });
      expect(await received('/there')).to.have.length(1);
    });
  });

  describe('in a template', () => {
    it('is a topic with subscriptions and a policy', async () => {
      const topic = new StackResource(aws, 'AWS::SNS::Topic', 'Alerts');
      const jobs = await queue('jobs');
      const arn = topic.create({ DisplayName: 'Alerts', Subscription: [jobs] });
      expect(arn).to.match(/:demo-Alerts-[A-Za-z0-9]+$/);
      expect(topic.attribute('TopicName')).to.equal(arn.split(':').at(-1));
      const listed = async () =>
        (await call('ListSubscriptionsByTopic', { TopicArn: arn })).Subscriptions.length as number;
      expect(await listed()).to.equal(1);

      const policy = new StackResource(aws, 'AWS::SNS::TopicPolicy', 'Policy');
      policy.create({ Topics: [arn], PolicyDocument: { Statement: [] } });
      const attributes = async () => (await call('GetTopicAttributes', { TopicArn: arn })).Attributes;
      expect((await attributes()).Policy).to.equal('{"Statement":[]}');
      policy.delete();
      expect((await attributes()).Policy).to.contain('__default_policy_ID');

      topic.update({});
      expect(await listed()).to.equal(0);
      expect((await attributes()).DisplayName).to.equal('');

      const subscription = new StackResource(aws, 'AWS::SNS::Subscription', 'Jobs');
      subscription.create({ TopicArn: arn, ...jobs, RawMessageDelivery: 'true' });
      expect(await listed()).to.equal(1);
      subscription.delete();
      topic.delete();
      expect(await refused('GetTopicAttributes', { TopicArn: arn })).to.contain('NotFound');
    });
  });
});
