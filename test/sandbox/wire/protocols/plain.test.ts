import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as kms from '@aws-sdk/client-kms';
import * as ssm from '@aws-sdk/client-ssm';
import { NormalizedSchema } from '@smithy/core/schema';
import { expect } from 'chai';
import { isPlain } from '../../../../src/sandbox/wire/protocols/plain.ts';

type Schema = Parameters<typeof NormalizedSchema.of>[0];

describe('shapes that are in JSON what they are here', () => {
  const plain = (schema: Schema) => isPlain(NormalizedSchema.of(schema));

  it('are those of text, numbers and truth values, at any depth', () => {
    expect(plain(logs.FilterLogEventsResponse$)).to.equal(true);
    expect(plain(logs.DescribeLogStreamsResponse$)).to.equal(true);
  });

  it('are none with times, bytes or documents anywhere', () => {
    expect(plain(ssm.GetParameterResult$)).to.equal(false);
    expect(plain(kms.DecryptResponse$)).to.equal(false);
  });

  it('may be within themselves, with and without a time that comes after that', () => {
    const node = (...last: readonly [string, Schema][]): Schema => {
      const self: unknown[] = [3, 'test', 'Node', 0];
      const members = [['children', [1, 'test', 'Nodes', 0, () => self]], ...last];
      self.push(
        members.map(([name]) => name),
        members.map(([, schema]) => schema),
      );
      return self as unknown as Schema;
    };
    expect(plain(node(['name', 0]))).to.equal(true);
    expect(plain(node(['name', 0], ['at', 4]))).to.equal(false);
  });
});
