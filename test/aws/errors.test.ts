import { expect } from 'chai';
import { isThrottling, isUnreachable, translateAwsError } from '../../src/aws/errors.ts';
import type { OperationError } from '../../src/errors.ts';
import { awsError } from '../support/cloudformation.ts';

/** As the SDK throws it after its own retries. */
const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), {
  code: 'ECONNREFUSED',
  $metadata: { attempts: 3 },
});

describe("AWS's errors", () => {
  it('keep their words, and show their code and request id', () => {
    const error = translateAwsError(awsError('AccessDenied', 'not authorized')) as OperationError;
    expect(error.message).to.equal('not authorized (AccessDenied, request r-1)');
    expect(error.hint).to.contain('permission');
  });

  it('are told from a connection that failed', () => {
    expect((translateAwsError(refused) as OperationError).message).to.match(/^No connection: .*ECONNREFUSED/);
  });

  it('may pass by themselves: throttling, lost connections and faults of the other side', () => {
    expect(isThrottling(awsError('ThrottlingException'))).to.equal(true);
    expect(isThrottling(awsError('ValidationError'))).to.equal(false);
    expect(isUnreachable(refused)).to.equal(true);
    expect(isUnreachable(awsError('InternalFailure', '', 500))).to.equal(true);
    expect(isUnreachable(awsError('AccessDenied', '', 403))).to.equal(false);
  });
});
