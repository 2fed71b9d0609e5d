import { expect } from 'chai';
import { bucketTarget } from '../../../src/sandbox/wire/protocols/bucket-target.ts';

describe('the bucket of a request', () => {
  for (const [host, path, bucket, rest] of [
    ['127.0.0.1:4599', '/b/key', 'b', '/key'],
    ['b.localhost:4599', '/key', 'b', '/key'],
    ['b.s3.localhost', '/key', 'b', '/key'],
    ['s3.localhost', '/b/key', 'b', '/key'],
    ['b.s3.us-east-1.amazonaws.com', '/key', 'b', '/key'],
    ['my.dotted.b.s3.us-east-1.amazonaws.com', '/key', 'my.dotted.b', '/key'],
    ['b.s3-us-west-2.amazonaws.com', '/key', 'b', '/key'],
    ['b.s3.amazonaws.com', '/key', 'b', '/key'],
    ['b.s3.cn-north-1.amazonaws.com.cn', '/key', 'b', '/key'],
    ['s3.us-east-1.amazonaws.com', '/b/key', 'b', '/key'],
    ['s3.amazonaws.com', '/b', 'b', '/'],
  ] as const) {
    it(`is ${bucket} for ${path} at ${host}`, () => {
      const request = {
        method: 'GET',
        path,
        headers: { host },
        query: new URLSearchParams(),
        body: Buffer.alloc(0),
      };
      expect(bucketTarget(request)).to.eql({ path: rest, labels: { Bucket: bucket } });
    });
  }
});
