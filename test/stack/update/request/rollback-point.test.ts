import { expect } from 'chai';
import {
  rollbackAssets,
  rollbackParameters,
  tagsOf,
} from '../../../../src/stack/update/request/rollback-point.ts';
import { rollbackStore } from '../../../../src/stack/update/request/rollback-store.ts';
import { services } from '../../../../src/sandbox/server/services.ts';
import { sdkError, WorldAws } from '../../../support/world-aws.ts';
import { TestWorld } from '../../../support/world.ts';

const STACK = {
  ...{ StackName: 'ci', CreationTime: new Date(0), StackStatus: 'CREATE_COMPLETE' as const },
  Parameters: [
    { ParameterKey: 'MinSize', ParameterValue: '2' },
    { ParameterKey: 'Token', ParameterValue: '****' },
    { ParameterKey: 'Empty', ParameterValue: '' },
  ],
  Tags: [{ Key: 'team', Value: 'build' }],
};

describe('the rollback point of an update', () => {
  it('has the template, the parameters as far as they are known, and the tags', () => {
    const { record, template } = rollbackAssets(STACK, 'Resources: {}\n');
    expect(template).to.include({ content: 'Resources: {}\n', contentType: 'application/yaml' });
    expect(template.key).to.match(/\.ya?ml$/);
    expect(record.key).to.match(/^stacks\/ci\/[0-9a-f]{64}\.json$/);
    expect(record.contentType).to.equal('application/json');
    expect(JSON.parse(record.content as string)).to.eql({
      ...{ stackName: 'ci', template: template.key, tags: { team: 'build' } },
      parameters: { MinSize: '2', Token: null, Empty: '' },
    });
  });

  it('has a template of JSON as such', () => {
    const { template } = rollbackAssets(STACK, '  {"Resources":{}}');
    expect(template.contentType).to.equal('application/json');
    expect(template.key).to.match(/\.json$/);
  });

  it('is another where anything differs', () => {
    const key = (stack: Partial<typeof STACK>, text = 'Resources: {}') =>
      rollbackAssets({ ...STACK, ...stack }, text).record.key;
    const keys = [key({}), key({ Tags: [] }), key({ Parameters: [] }), key({}, 'Resources: { }')];
    expect(new Set(keys).size).to.equal(4);
    expect(key({})).to.equal(keys[0]);
  });

  it('gives back values, and leaves those as they are that are not known', () => {
    const parameters = { MinSize: '2', Token: null, Empty: '' };
    expect(rollbackParameters({ stackName: 'ci', template: 't', tags: {}, parameters })).to.eql([
      { ParameterKey: 'MinSize', ParameterValue: '2' },
      { ParameterKey: 'Token', UsePreviousValue: true },
      { ParameterKey: 'Empty', ParameterValue: '' },
    ]);
    expect(tagsOf({})).to.eql({});
  });
});

describe('where rollback points are kept', () => {
  const begun = () => {
    const world = new TestWorld(services);
    const scope = world.scope('us-east-1');
    const aws = new WorldAws(
      world,
      scope,
      () => Promise.resolve(),
      () => 0,
    );
    return { world, scope, aws, store: rollbackStore(aws.context) };
  };

  it('is found until it is forgotten, also twice', async () => {
    const { store } = begun();
    expect(await store.remembered('ci')).to.equal(undefined);
    await store.remember('ci', { bucket: 'b', key: 'k' });
    await store.remember('ci', { bucket: 'b', key: 'k2' });
    expect(await store.remembered('ci')).to.eql({ bucket: 'b', key: 'k2' });
    await store.forget('ci');
    await store.forget('ci');
    expect(await store.remembered('ci')).to.equal(undefined);
  });

  it('is at the path that earlier versions know', async () => {
    const { store, world, scope } = begun();
    await store.remember('ci', { bucket: 'b', key: 'k' });
    const found = await world.call<{ Parameter: object }>(scope, 'ssm', 'GetParameter', {
      Name: '/bk-stack/ci/former',
    });
    expect(found.Parameter).to.include({ Value: '{"bucket":"b","key":"k"}', Type: 'String' });
  });

  it('is read from the bucket, with its template', async () => {
    const { store, world, scope } = begun();
    const point = { stackName: 'ci', template: 't.yml', parameters: {}, tags: {} };
    await world.call(scope, 's3', 'CreateBucket', { Bucket: 'bucket' });
    for (const [Key, text] of [
      ['k', JSON.stringify(point)],
      ['t.yml', 'Resources: {}'],
    ] as const) {
      await world.call(scope, 's3', 'PutObject', { Bucket: 'bucket', Key, Body: Buffer.from(text) });
    }
    expect(await store.read({ bucket: 'bucket', key: 'k' })).to.eql(point);
    expect(await store.template({ bucket: 'bucket', key: 'k' }, point)).to.equal('Resources: {}');
  });

  it('says what AWS refuses', async () => {
    const { aws, store } = begun();
    aws.refuse = () => sdkError('AccessDenied', 'no');
    for (const work of [
      () => store.remembered('ci'),
      () => store.forget('ci'),
      () => store.remember('ci', { bucket: 'b', key: 'k' }),
    ]) {
      const error = await work().catch((each: unknown) => each);
      expect((error as Error).message).to.equal('no');
    }
  });
});
