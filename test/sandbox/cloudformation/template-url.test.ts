import { expect } from 'chai';
import { templatePlace } from '../../../src/sandbox/cloudformation/deployment/template-url.ts';

describe('a TemplateURL', () => {
  const ENDPOINT = 'http://127.0.0.1:4666';
  const KEY = { bucket: 'b', key: 'a/t.yml', versionId: undefined };

  for (const [url, region] of [
    ['https://b.s3.amazonaws.com/a/t.yml', undefined],
    ['https://b.s3.eu-west-1.amazonaws.com/a/t.yml', 'eu-west-1'],
    ['https://b.s3-eu-west-1.amazonaws.com/a/t.yml', 'eu-west-1'],
    ['https://b.s3.dualstack.us-gov-west-1.amazonaws.com/a/t.yml', 'us-gov-west-1'],
    ['https://s3.amazonaws.com/b/a/t.yml', undefined],
    ['https://s3.us-east-2.amazonaws.com/b/a/t.yml', 'us-east-2'],
    ['https://s3.cn-north-1.amazonaws.com.cn/b/a/t.yml', 'cn-north-1'],
    ['http://127.0.0.1:4666/b/a/t.yml', undefined],
    ['http://localhost:4666/b/a/t.yml', undefined],
    ['http://b.localhost:4666/a/t.yml', undefined],
  ] as const) {
    it(`may be ${url}`, () => {
      expect(templatePlace(url, ENDPOINT)).to.deep.equal({ ...KEY, region });
    });
  }

  it('may have dots in the bucket, blanks in the key, and a version', () => {
    expect(templatePlace('https://a.b.s3.amazonaws.com/x+y/t%20u.yml?versionId=7', ENDPOINT)).to.deep.equal({
      bucket: 'a.b',
      key: 'x y/t u.yml',
      versionId: '7',
      region: undefined,
    });
  });

  for (const url of [
    't.yml',
    's3://b/t.yml',
    'https://example.com/t.yml',
    'http://127.0.0.1:1/b/t.yml',
    'https://s3.amazonaws.com/b',
  ]) {
    it(`may not be ${url}`, () => {
      expect(templatePlace(url, ENDPOINT)).to.equal(undefined);
    });
  }
});
