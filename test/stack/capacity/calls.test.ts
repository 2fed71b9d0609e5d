import { expect } from 'chai';
import type { AwsContext } from '../../../src/aws/context.ts';
import { capacityCalls } from '../../../src/stack/capacity/calls.ts';
import { sdkError } from '../../support/world-aws.ts';

describe('removing scale-in protection', () => {
  /** Auto Scaling, which changes all of a request or nothing. */
  const group = (ending: readonly string[], error = sdkError('ValidationError', 'not in InService')) => {
    const unprotected: string[] = [];
    const send = ({ input }: { input: { InstanceIds: string[] } }) => {
      const { InstanceIds: ids } = input;
      if (ids.length > 50) throw sdkError('ValidationError', 'at most 50');
      if (ids.some((id) => ending.includes(id))) throw error;
      unprotected.push(...ids);
      return Promise.resolve({});
    };
    const aws = { clients: { autoScaling: () => Promise.resolve({ send }) } } as unknown as AwsContext;
    return { calls: capacityCalls(aws), unprotected };
  };
  const ids = Array.from({ length: 120 }, (_, at) => `i-${at}`);

  it('takes as many at once as Auto Scaling does', async () => {
    const { calls, unprotected } = group([]);
    await calls.unprotect('g', ids);
    expect(unprotected).to.eql(ids);
  });

  it('reaches all but those that have begun to end', async () => {
    const ending = ['i-3', 'i-77'];
    const { calls, unprotected } = group(ending);
    await calls.unprotect('g', ids);
    expect(unprotected).to.eql(ids.filter((id) => !ending.includes(id)));
  });

  it('fails for any other reason', async () => {
    const { calls } = group(['i-3'], sdkError('AccessDenied', 'denied'));
    const failure = await calls.unprotect('g', ids).catch((error: unknown) => error);
    expect(failure).to.have.property('message', 'denied');
  });
});
