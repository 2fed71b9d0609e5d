import { expect } from 'chai';
import { redactedRequest } from '../../src/aws/redacted-request.ts';
import { awsErrorCode } from '../../src/aws/errors.ts';

describe('a request that carries a secret', () => {
  const refusal = async (message: string, secret: string) => {
    const error = Object.assign(new Error(message), {
      name: 'InvalidRequest',
      $metadata: { httpStatusCode: 400 },
    });
    return redactedRequest(secret, Promise.reject(error)).then(
      () => expect.fail('it was taken'),
      (thrown: unknown) => thrown as Error,
    );
  };

  it('fails with what the server says, as long as that holds none of it', async () => {
    expect((await refusal('The key is disabled', 'A=hunter2\n')).message).to.equal('The key is disabled');
    expect((await refusal('The key is disabled', 'A=e k\n\n')).message).to.equal('The key is disabled');
  });

  it('fails without the server’s words where they quote it, and stays the same failure', async () => {
    for (const said of ['Cannot take hunter2', 'Cannot take "A=hunter2\nB=1"', 'Cannot take first line']) {
      const error = await refusal(said, '  first line\nA=hunter2\n');
      expect(error.message + String(error.stack)).to.not.match(/hunter2|first line/);
      expect(error.message).to.match(/held a part of the secret/);
      expect(awsErrorCode(error)).to.equal('InvalidRequest');
    }
  });

  it('answers as the request does', async () => {
    expect(await redactedRequest('x', Promise.resolve(1))).to.equal(1);
  });
});
