import { expect } from 'chai';
import { OperationError, UsageError } from '../../../../src/errors.ts';
import { resolveUpdate, type CurrentStack } from '../../../../src/stack/update/request/resolve-update.ts';
import { rolloutOptions } from '../../../../src/stack/update/request/options.ts';
import {
  gatherUpdate,
  parametersRequest,
  type UpdateRequest,
} from '../../../../src/stack/update/request/update-request.ts';
import { FakeUpdate, STACK_ID } from '../../../support/fake-update.ts';

const FLAGS = {
  ...{ strategy: 'rolling', 'min-healthy': 90, batch: 20, 'checkpoint-delay': 60, 'drain-timeout': 30 },
  'keep-template': false,
  'keep-image': false,
};
const OPTIONS = rolloutOptions({ ...FLAGS, 'allow-replacement': ['Vpc'] });
const TEMPLATE = `
Metadata: { bk-stack: { version: 0.2.0 } }
Parameters:
  MinSize: { Type: Number, Default: 0 }
  HostProgram: { Type: String, Default: '' }
  AssetsBucket: { Type: String, Default: '' }
  BuildkiteAgentToken: { Type: String, NoEcho: true, Default: '' }
  BuildkiteAgentTokenParameterStorePath: { Type: String, Default: '' }
Resources: {}
`;
const PROGRAM = {
  parameter: 'HostProgram',
  key: `host/${'1'.repeat(64)}.mjs`,
  content: '',
  contentType: 'x',
};

const current = (
  parameters: Record<string, string> = {},
  tags: Record<string, string> = {},
): CurrentStack => ({
  stack: {
    ...{ StackName: 'ci', CreationTime: new Date(0), StackStatus: 'CREATE_COMPLETE' as const },
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  },
  stackId: STACK_ID,
  template: TEMPLATE,
});
const request = (changes: Partial<UpdateRequest> = {}): UpdateRequest => ({
  ...{ ...OPTIONS, file: new Map(), flags: new Map(), tags: {}, keepTemplate: false },
  image: 'newest',
  ...changes,
});
const flag = (name: string, value: string) => new Map([[name, { value, from: 'a flag' }]]);
const resolved = (
  stack: CurrentStack,
  changes: Partial<UpdateRequest> = {},
  ask?: Parameters<typeof resolveUpdate>[3],
) =>
  resolveUpdate(new FakeUpdate().services, stack, { kind: 'update', request: request(changes) }, ask, () => [
    PROGRAM,
  ]);

describe('a request for an update', () => {
  it('is what flags say', async () => {
    const given = await gatherUpdate(
      {
        ...{ ...FLAGS, param: ['MinSize=2'], tag: ['team=web'], template: 't.yml', 'keep-template': true },
        ...{ 'role-arn': 'arn:role', 'assets-bucket': 'b', checkpoint: '10' },
      },
      () => Promise.reject(new Error('stdin is read')),
    );
    expect(given).to.deep.include({
      ...{ template: 't.yml', keepTemplate: true, roleArn: 'arn:role', assetsBucket: 'b' },
      ...{ tags: { team: 'web' }, strategy: 'rolling', drainSeconds: 30, file: new Map() },
      refresh: { minHealthy: 90, batch: 20, checkpoints: [10, 100], checkpointDelay: 60, skipMatching: true },
    });
    expect([...given.flags.keys()]).to.eql(['MinSize']);
  });

  it('leaves open what they do not say, and reads stdin where that is named', async () => {
    const given = await gatherUpdate(FLAGS, () => Promise.resolve(''));
    expect(given).to.have.keys(
      ...['file', 'flags', 'tags', 'keepTemplate', 'image', 'strategy', 'refresh', 'drainSeconds', 'allowed'],
    );
    expect([given.tags, given.keepTemplate, given.flags.size, given.allowed.size]).to.eql([{}, false, 0, 0]);
    const fed = await gatherUpdate({ ...FLAGS, config: '-' }, () => Promise.resolve('MinSize: 3\n'));
    expect(fed.file.get('MinSize')?.value).to.equal('3');
  });

  it('of parameters alone leaves template and instances as they are', () => {
    const { flags, ...rest } = parametersRequest(['MinSize=2']);
    expect(flags.get('MinSize')?.value).to.equal('2');
    expect(rest).to.eql({
      ...{ file: new Map(), tags: {}, keepTemplate: true, strategy: 'in-place', allowed: new Set() },
      ...{ image: 'keep if possible' },
      ...{ drainSeconds: 0, refresh: { minHealthy: 100, batch: 10, skipMatching: true } },
    });
  });
});

describe('an update that is resolved', () => {
  it('keeps values, tags and template, and has our programs in the bucket that is found', async () => {
    const update = await resolved(current({ MinSize: '2' }, { team: 'build' }));
    expect(update.parametersIn('bucket')).to.eql([
      { ParameterKey: 'MinSize', UsePreviousValue: true },
      { ParameterKey: 'HostProgram', ParameterValue: PROGRAM.key },
      { ParameterKey: 'AssetsBucket', ParameterValue: 'bucket' },
    ]);
    expect(update.plan.effective.get('AssetsBucket')).to.equal('assets');
    expect(update.assets).to.eql([PROGRAM]);
    expect(update.tags).to.eql({ team: 'build' });
    expect(update.options).to.deep.include(OPTIONS);
    expect(update).to.not.have.any.keys('assetsBucket', 'roleArn');
  });

  it('has no programs where it keeps the template', async () => {
    const update = await resolved(current(), { keepTemplate: true });
    expect(update.assets).to.eql([]);
    expect(update.parametersIn('bucket')).to.eql([]);
  });

  it('has its version and given tags, where it had a version', async () => {
    const tags = { 'bk-stack:version': '0.1.0', team: 'build' };
    const update = await resolved(current({}, tags), { tags: { team: 'web' } });
    const { version } = { version: update.tags['bk-stack:version'] };
    expect(update.tags['team']).to.equal('web');
    expect(version).to.be.a('string');
  });

  for (const [what, bucket, given, expected] of [
    ['one of a person’s own', 'mine', undefined, 'mine'],
    ['none where it is bk-stack’s', 'bk-stack-assets-123456789012-us-east-1', undefined, undefined],
    [
      'one that only looks like bk-stack’s',
      'my-bk-stack-assets-123456789012-x',
      undefined,
      'my-bk-stack-assets-123456789012-x',
    ],
    ['one with a shorter account', 'bk-stack-assets-1-us-east-1', undefined, 'bk-stack-assets-1-us-east-1'],
    ['the one that is given', 'mine', 'other', 'other'],
    ['the one that is given, for bk-stack’s', 'bk-stack-assets-123456789012-us-east-1', 'other', 'other'],
  ] as const) {
    it(`names its bucket: ${what}`, async () => {
      const update = await resolved(
        current({ AssetsBucket: bucket }),
        given === undefined ? {} : { assetsBucket: given },
      );
      expect(update.assetsBucket).to.equal(expected);
      expect(update.plan.effective.get('AssetsBucket')).to.equal(bucket);
    });
  }

  it('has the role that is given', async () => {
    expect((await resolved(current(), { roleArn: 'arn:role' })).roleArn).to.equal('arn:role');
  });

  it('asks for parameters, and has the answers', async () => {
    let asked: unknown;
    const update = await resolved(
      current({ MinSize: '2' }),
      { flags: flag('AssetsBucket', 'b'), file: flag('HostProgram', 'x') },
      (template, values, given) => {
        asked = [template.definitions.length, values.get('MinSize'), [...given]];
        return Promise.resolve(new Map([['MinSize', '3']]));
      },
    );
    expect(asked).to.eql([5, '2', ['HostProgram', 'AssetsBucket']]);
    expect(update.plan.changes).to.deep.include({ name: 'MinSize', before: '2', after: '3' });
    expect(update.plan.effective.get('AssetsBucket')).to.equal('b');
  });

  it('does not give a token where the stack has it in SSM', async () => {
    const inSsm = current({ BuildkiteAgentTokenParameterStorePath: '/token' });
    const token = flag('BuildkiteAgentToken', 'bkct_x');
    for (const given of [{ flags: token }, { file: token }]) {
      const error = (await resolved(inSsm, given).catch((each: unknown) => each)) as UsageError;
      expect(error).to.be.instanceOf(UsageError);
      expect(error.message).to.equal(
        'BuildkiteAgentToken is no parameter to be updated: ci has its token in SSM',
      );
      expect(error.hint).to.contain('bk-stack token rotate ci --token-stdin');
    }
    await resolved(inSsm, { flags: flag('MinSize', '1') });
    await resolved(current({ BuildkiteAgentTokenParameterStorePath: '' }), { flags: token });
  });
});

describe('a rollback that is resolved', () => {
  it('has template, parameters and tags of before, from their bucket', async () => {
    const fake = new FakeUpdate();
    fake.point = { ...fake.point, parameters: { MinSize: '1', Gone: null } };
    const rollbacks = { ...fake.services.rollbacks, template: () => Promise.resolve(TEMPLATE) };
    const update = await resolveUpdate(
      { ...new FakeUpdate().services, rollbacks },
      current({ MinSize: '2' }),
      {
        kind: 'rollback',
        options: OPTIONS,
      },
    );
    expect(update).to.deep.include({
      tags: { team: 'build' },
      options: OPTIONS,
      assets: [],
      assetsBucket: 'b',
    });
    expect(update.template.name).to.equal('the former template');
    expect(update.plan.changes).to.deep.include({ name: 'MinSize', before: '2', after: '1' });
    expect(update.parametersIn('other')).to.eql([
      { ParameterKey: 'MinSize', ParameterValue: '1' },
      { ParameterKey: 'Gone', UsePreviousValue: true },
    ]);
  });

  it('is refused where nothing is known of before', async () => {
    const rollbacks = {
      ...new FakeUpdate().services.rollbacks,
      remembered: () => Promise.resolve(undefined),
    };
    const error = (await resolveUpdate({ ...new FakeUpdate().services, rollbacks }, current(), {
      kind: 'rollback',
      options: OPTIONS,
    }).catch((each: unknown) => each)) as OperationError;
    expect(error).to.be.instanceOf(OperationError);
    expect([error.message, error.hint]).to.eql([
      'What ci was before is not known: bk-stack has not updated it yet',
      'Nothing was changed. Change it: bk-stack update ci',
    ]);
  });
});

describe('the image of an update that is resolved', () => {
  const template = TEMPLATE.replace(
    'Resources',
    "  ImageId: { Type: String, Default: '' }\n  ImageIdParameter: { Type: String, Default: /golden }\n  ResolvedImageId: { Type: String, Default: '' }\nResources",
  );
  const stack = (parameters: Record<string, string> = {}): CurrentStack => {
    const found = current({ ImageIdParameter: '/golden', ImageId: '', ...parameters });
    const Outputs = [{ OutputKey: 'AutoScalingGroupName', OutputValue: 'ci-Group' }];
    return { ...found, stack: { ...found.stack, Outputs }, template };
  };
  const imageOf = async (
    found: CurrentStack,
    changes: Partial<UpdateRequest> = {},
    newest: string | undefined = 'ami-2',
  ) => {
    const fake = new FakeUpdate();
    fake.newestImage = newest;
    fake.launchedImage = 'ami-1';
    const target = { kind: 'update', request: request({ keepTemplate: true, ...changes }) } as const;
    const update = await resolveUpdate(fake.services, found, target, undefined, () => []);
    return [
      update.image,
      update.parametersIn('b').find(({ ParameterKey }) => ParameterKey === 'ResolvedImageId'),
    ];
  };
  const passes = (ParameterValue: string) => ({ ParameterKey: 'ResolvedImageId', ParameterValue });

  it('is the newest, which is passed by its id', async () => {
    expect(await imageOf(stack())).to.eql([
      { before: 'ami-1', after: 'ami-2', newest: 'ami-2' },
      passes('ami-2'),
    ]);
  });

  it('stays where it is to be kept, also for a stack that has had no id from bk-stack', async () => {
    const kept = [{ before: 'ami-1', after: 'ami-1', newest: 'ami-2' }, passes('ami-1')];
    expect(await imageOf(stack({ ResolvedImageId: 'ami-1' }), { image: 'keep' })).to.eql(kept);
    expect(await imageOf(stack(), { image: 'keep' })).to.eql(kept);
  });

  it("is none of bk-stack's where the stack has its own, or none was found before", async () => {
    const own = stack({ ImageId: 'ami-9', ResolvedImageId: 'ami-1' });
    expect(await imageOf(own)).to.eql([undefined, passes('')]);
    expect(await imageOf(stack(), { flags: flag('ResolvedImageId', 'ami-7') })).to.eql([
      undefined,
      passes('ami-7'),
    ]);
    expect(await imageOf(current())).to.eql([undefined, undefined]);
  });

  it('has to be in the parameter that names it', async () => {
    const fake = new FakeUpdate();
    const target = { kind: 'update', request: request({ keepTemplate: true }) } as const;
    const error: unknown = await resolveUpdate(fake.services, stack(), target, undefined, () => []).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(UsageError).with.property('message').that.contains('/golden');
  });
});
