import { expect } from 'chai';
import { sqs } from '../../../../src/sandbox/services/sqs/index.ts';
import { Caller, StackResource } from '../../../support/service.ts';

describe('SQS', () => {
  let aws: Caller;
  let QueueUrl: string;
  const call = (operation: string, input: object = {}) => aws.call('sqs', operation, { QueueUrl, ...input });
  const refused = (operation: string, input: object = {}) =>
    aws.refused('sqs', operation, { QueueUrl, ...input });
  const create = async (Attributes: object = {}, QueueName = 'jobs') =>
    String((await aws.call('sqs', 'CreateQueue', { QueueName, Attributes })).QueueUrl);
  const send = (MessageBody: string, more: object = {}) => call('SendMessage', { MessageBody, ...more });
  const receive = async (input: object = {}) => {
    const { Messages = [] } = await call('ReceiveMessage', { MaxNumberOfMessages: 10, ...input });
    return Messages as { Body: string; ReceiptHandle: string; Attributes: Record<string, string> }[];
  };
  const bodies = async (input: object = {}) => (await receive(input)).map(({ Body }) => Body);
  const attribute = async (name: string) =>
    (await call('GetQueueAttributes', { AttributeNames: ['All'] })).Attributes?.[name] as string | undefined;

  beforeEach(async () => {
    aws = new Caller([sqs]);
    aws.world.endpoint = 'http://127.0.0.1:4599';
    QueueUrl = await create();
  });

  describe('queues', () => {
    it('are named by their URL', async () => {
      expect(QueueUrl).to.equal('http://127.0.0.1:4599/111122223333/jobs');
      expect((await aws.call('sqs', 'GetQueueUrl', { QueueName: 'jobs' })).QueueUrl).to.equal(QueueUrl);
      expect(await attribute('QueueArn')).to.equal('arn:aws:sqs:us-east-1:111122223333:jobs');
      expect(await aws.refused('sqs', 'GetQueueUrl', { QueueName: 'none' })).to.include({
        code: 'QueueDoesNotExist',
        message: 'The specified queue does not exist.',
      });
    });

    it('are the same when they are made again alike, and refused when not', async () => {
      expect(await create({ VisibilityTimeout: '30' })).to.equal(QueueUrl);
      expect(
        (
          await aws.refused('sqs', 'CreateQueue', {
            QueueName: 'jobs',
            Attributes: { VisibilityTimeout: '5' },
          })
        ).message,
      ).to.equal(
        'A queue already exists with the same name and a different value for attribute VisibilityTimeout',
      );
    });

    it('refuse attributes and names that are none', async () => {
      expect((await refused('SetQueueAttributes', { Attributes: { Colour: 'red' } })).code).to.equal(
        'InvalidAttributeName',
      );
      expect(
        (await refused('SetQueueAttributes', { Attributes: { VisibilityTimeout: '43201' } })).message,
      ).to.equal('Invalid value for the parameter VisibilityTimeout.');
      for (const QueueName of ['', 'a b', 'x'.repeat(81), 'a.fifo'])
        expect((await aws.refused('sqs', 'CreateQueue', { QueueName })).code, QueueName).to.equal(
          'InvalidParameterValue',
        );
    });

    it('are listed by prefix, in pages', async () => {
      for (const name of ['b1', 'b2', 'b3']) await create({}, name);
      const first = await aws.call('sqs', 'ListQueues', { QueueNamePrefix: 'b', MaxResults: 2 });
      const second = await aws.call('sqs', 'ListQueues', {
        QueueNamePrefix: 'b',
        MaxResults: 2,
        NextToken: first.NextToken,
      });
      const names = [first, second].map(({ QueueUrls }) =>
        QueueUrls.map((url: string) => url.split('/').at(-1)),
      );
      expect(names).to.deep.equal([['b1', 'b2'], ['b3']]);
    });

    it('are emptied, no more often than once a minute', async () => {
      await send('a');
      await call('PurgeQueue');
      expect(await attribute('ApproximateNumberOfMessages')).to.equal('0');
      expect((await refused('PurgeQueue')).code).to.equal('PurgeQueueInProgress');
    });

    it('carry tags, and go', async () => {
      await call('TagQueue', { Tags: { a: '1', b: '2' } });
      await call('UntagQueue', { TagKeys: ['a'] });
      expect((await call('ListQueueTags')).Tags).to.deep.equal({ b: '2' });
      await call('DeleteQueue');
      expect((await refused('SendMessage', { MessageBody: 'a' })).code).to.equal('QueueDoesNotExist');
    });
  });

  describe('messages', () => {
    it('are hidden while they are received, and come again when they are not deleted', async () => {
      const { MD5OfMessageBody } = await send('hello');
      expect(MD5OfMessageBody).to.equal('5d41402abc4b2a76b9719d911017c592');
      const [first] = await receive({ AttributeNames: ['All'] });
      expect(first?.Body).to.equal('hello');
      expect(await bodies()).to.deep.equal([]);
      expect(await attribute('ApproximateNumberOfMessagesNotVisible')).to.equal('1');
      await aws.world.pass(30);
      const [second] = await receive({ MessageSystemAttributeNames: ['ApproximateReceiveCount'] });
      expect(second?.Attributes).to.deep.equal({ ApproximateReceiveCount: '2' });
      await call('DeleteMessage', { ReceiptHandle: second?.ReceiptHandle });
      await aws.world.pass(30);
      expect(await bodies()).to.deep.equal([]);
    });

    it('are hidden for as long as is asked for', async () => {
      await send('a');
      const [message] = await receive({ VisibilityTimeout: 5 });
      await call('ChangeMessageVisibility', { ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 60 });
      await aws.world.pass(59);
      expect(await bodies()).to.deep.equal([]);
      await call('ChangeMessageVisibility', { ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 });
      expect(await bodies()).to.deep.equal(['a']);
      expect((await refused('DeleteMessage', { ReceiptHandle: 'x' })).message).to.equal(
        'The input receipt handle "x" is not a valid receipt handle.',
      );
    });

    it('can be delayed, and do not last for ever', async () => {
      await send('later', { DelaySeconds: 10 });
      expect(await attribute('ApproximateNumberOfMessagesDelayed')).to.equal('1');
      expect(await bodies()).to.deep.equal([]);
      await aws.world.pass(10);
      expect(await bodies({ VisibilityTimeout: 0 })).to.deep.equal(['later']);
      await aws.world.pass(4 * 86_400);
      expect(await attribute('ApproximateNumberOfMessages')).to.equal('0');
    });

    it('carry attributes, with the digest that clients check', async () => {
      const MessageAttributes = {
        colour: { DataType: 'String', StringValue: 'red' },
        data: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2, 3]) },
      };
      const { MD5OfMessageAttributes } = await send('a', { MessageAttributes });
      expect(MD5OfMessageAttributes).to.match(/^[0-9a-f]{32}$/);
      const { Messages } = await call('ReceiveMessage', { MessageAttributeNames: ['All'] });
      expect(Messages[0].MD5OfMessageAttributes).to.equal(MD5OfMessageAttributes);
      expect(Messages[0].MessageAttributes.colour).to.deep.equal({ DataType: 'String', StringValue: 'red' });
      expect([...Messages[0].MessageAttributes.data.BinaryValue]).to.deep.equal([1, 2, 3]);
    });

    it('are waited for', async () => {
      const waiting = bodies({ WaitTimeSeconds: 20 });
      await aws.world.pass(5);
      await send('now');
      expect(await waiting).to.deep.equal(['now']);
      const inVain = bodies({ WaitTimeSeconds: 20 });
      await aws.world.pass(20);
      expect(await inVain).to.deep.equal([]);
    });

    it('move to the dead-letter queue when they were received too often', async () => {
      const deadLetters = await create({}, 'dead');
      const deadLetterTargetArn = 'arn:aws:sqs:us-east-1:111122223333:dead';
      await call('SetQueueAttributes', {
        Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 }) },
      });
      await send('poison');
      for (let times = 0; times < 2; times++)
        expect(await bodies({ VisibilityTimeout: 0 })).to.deep.equal(['poison']);
      expect(await bodies()).to.deep.equal([]);
      const { Messages } = await call('ReceiveMessage', {
        QueueUrl: deadLetters,
        AttributeNames: ['DeadLetterQueueSourceArn'],
      });
      expect(Messages[0]).to.deep.include({
        Body: 'poison',
        Attributes: { DeadLetterQueueSourceArn: 'arn:aws:sqs:us-east-1:111122223333:jobs' },
      });
    });

    it('are sent and deleted in batches, each for itself', async () => {
      const { Successful, Failed } = await call('SendMessageBatch', {
        Entries: [
          { Id: 'a', MessageBody: '1' },
          { Id: 'b', MessageBody: '' },
        ],
      });
      expect(Successful.map(({ Id }: { Id: string }) => Id)).to.deep.equal(['a']);
      expect(Failed[0]).to.include({ Id: 'b', SenderFault: true, Code: 'MissingParameter' });
      const [message] = await receive();
      await call('DeleteMessageBatch', { Entries: [{ Id: 'x', ReceiptHandle: message?.ReceiptHandle }] });
      expect(await attribute('ApproximateNumberOfMessagesNotVisible')).to.equal('0');
      expect(
        (
          await refused('SendMessageBatch', {
            Entries: [
              { Id: 'a', MessageBody: '1' },
              { Id: 'a', MessageBody: '2' },
            ],
          })
        ).code,
      ).to.equal('BatchEntryIdsNotDistinct');
    });

    it('of a FIFO queue keep their order in a group, and come once', async () => {
      QueueUrl = await create({ FifoQueue: 'true', ContentBasedDeduplication: 'true' }, 'line.fifo');
      await send('a1', { MessageGroupId: 'a' });
      await send('a1', { MessageGroupId: 'a' });
      await send('a2', { MessageGroupId: 'a' });
      await send('b1', { MessageGroupId: 'b' });
      expect(await bodies({ MaxNumberOfMessages: 1 })).to.deep.equal(['a1']);
      expect(await bodies(), 'group a waits for its first').to.deep.equal(['b1']);
      await aws.world.pass(30);
      expect(await bodies()).to.deep.equal(['a1', 'a2', 'b1']);
      expect((await refused('SendMessage', { MessageBody: 'c' })).message).to.equal(
        'The request must contain the parameter MessageGroupId.',
      );
    });
  });

  it('makes and changes queues in a stack', async () => {
    const queue = new StackResource(aws, 'AWS::SQS::Queue', 'Jobs');
    QueueUrl = queue.create({
      VisibilityTimeout: 60,
      MessageRetentionPeriod: '120',
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    const name = QueueUrl.split('/').at(-1)!;
    expect(name).to.match(/^demo-Jobs-/);
    expect(queue.attribute('Arn')).to.equal(`arn:aws:sqs:us-east-1:111122223333:${name}`);
    expect(queue.attribute('QueueName')).to.equal(name);
    expect(await attribute('VisibilityTimeout')).to.equal('60');
    queue.update({ MessageRetentionPeriod: '240' });
    expect([await attribute('VisibilityTimeout'), await attribute('MessageRetentionPeriod')]).to.deep.equal([
      '30',
      '240',
    ]);
    const policy = new StackResource(aws, 'AWS::SQS::QueuePolicy', 'Policy');
    policy.create({ Queues: [QueueUrl], PolicyDocument: { Statement: [] } });
    expect(await attribute('Policy')).to.equal('{"Statement":[]}');
    policy.delete();
    expect(await attribute('Policy')).to.equal(undefined);
    queue.delete();
    expect((await refused('ReceiveMessage')).code).to.equal('QueueDoesNotExist');
  });
});
