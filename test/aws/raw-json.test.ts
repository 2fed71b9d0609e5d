import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { expect } from 'chai';
import nock from 'nock';
import { Clients } from '../../src/aws/clients.ts';
import { captureRawJson } from '../../src/aws/raw-json.ts';

const ENDPOINT = 'http://logs.test';
const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.1' };

describe('an answer that is read as it is', () => {
  const ask = async (status: number, body: string, headers: Record<string, string> = JSON_TYPE) => {
    nock(ENDPOINT).post('/').reply(status, body, headers);
    const clients = new Clients({
      region: 'us-east-1',
      endpoint: ENDPOINT,
      credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    });
    const command = new FilterLogEventsCommand({ logGroupName: 'g' });
    const plain = captureRawJson(command);
    const read = await (await clients.cloudWatchLogs()).send(command, {});
    return { plain: plain(), read };
  };
  afterEach(() => {
    nock.cleanAll();
  });

  it('has what the answer has, and leaves the SDK nothing to copy', async () => {
    const answer = { events: [{ eventId: '1', message: 'ünï "x"\n', timestamp: 5 }], nextToken: 't' };
    const { plain, read } = await ask(200, JSON.stringify(answer));
    expect(plain).to.eql(answer);
    expect(read.events).to.equal(undefined);
  });

  it('is the SDK’s to read where it is no JSON', async () => {
    const { plain, read } = await ask(200, '', { 'content-type': 'text/plain' });
    expect(plain).to.equal(undefined);
    expect(read.$metadata.httpStatusCode).to.equal(200);
  });

  it('fails as it does without', async () => {
    const failure = await ask(
      400,
      JSON.stringify({
        __type: 'ResourceNotFoundException',
        message: 'The specified log group does not exist.',
      }),
    ).catch((error: unknown) => error as Error);
    expect((failure as Error).name).to.equal('ResourceNotFoundException');
    expect((failure as Error).message).to.match(/log group does not exist/);
  });
});
