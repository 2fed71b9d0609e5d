import { expect } from 'chai';
import { parseTemplate } from '../../../../../src/cfn/document.ts';
import { UsageError } from '../../../../../src/errors.ts';
import type { ChangeKind, PropertyChange } from '../../../../../src/stack/update/plan/preview/changes.ts';
import {
  assertNothingLost,
  updatePreview,
  weighed,
} from '../../../../../src/stack/update/plan/preview/preview.ts';
import type { ResolvedUpdate } from '../../../../../src/stack/update/request/resolve-update.ts';

const changeOf = (
  logicalId: string,
  type: string,
  kind: ChangeKind,
  ...properties: Partial<PropertyChange>[]
) => ({
  ...{ logicalId, type, kind, retained: false },
  properties: properties.map((each) => ({ path: 'P', recreates: 'never' as const, ...each })),
});

const bucket = changeOf('Secrets', 'AWS::S3::Bucket', 'remove');
const drifted = (property: string) => ({ logicalId: 'Group', property, expected: '3', actual: '0' });

/** The preview of an update between two versions. */
function preview(
  versions: { readonly before?: string; readonly after?: string } = {},
  { paused = false, allowed = new Set<string>(), changes = [bucket], named = true } = {},
) {
  const metadata =
    versions.after === undefined ? '' : `Metadata: {BkStack: {Version: "${versions.after}"}}\n`;
  const document = parseTemplate(`${metadata}Resources: {}\n`);
  const resolved = {
    template: { name: 'mine.yml', document },
    plan: { changes: [{ name: 'MinSize', before: '0', after: '1' }], gone: ['Old'] },
    tags: { team: 'web' },
    options: { strategy: 'drain', allowed },
  } as unknown as Omit<ResolvedUpdate, 'image'>;
  return updatePreview({
    stack: {
      ...(named && { StackName: 'ci' }),
      CreationTime: new Date(0),
      StackStatus: 'UPDATE_COMPLETE',
      Tags: versions.before === undefined ? [] : [{ Key: 'bk-stack:version', Value: versions.before }],
    } as Parameters<typeof updatePreview>[0]['stack'],
    region: 'us-east-1',
    resolved,
    changes,
    drift: ['MinSize', 'MaxSize', 'DesiredCapacity', 'Cooldown', 'MyMinSize', 'MaxSizes'].map(drifted),
    paused,
  });
}

describe('the preview of an update', () => {
  it('has what the update changes', () => {
    const { drift, ...others } = preview();
    expect(others).to.eql({
      ...{ stackName: 'ci', region: 'us-east-1', strategy: 'drain', template: 'mine.yml' },
      parameters: [{ name: 'MinSize', before: '0', after: '1' }],
      gone: ['Old'],
      tags: [{ name: 'team', after: 'web' }],
      resources: [
        {
          ...bucket,
          meaning: { weight: 'refused', text: 'it would be removed: what is in it would be lost' },
        },
      ],
    });
    expect(drift).to.have.length(6);
    expect(preview({}, { named: false }).stackName).to.equal('');
  });

  for (const versions of [{ before: '1.0.0', after: '1.1.0' }, { before: '1.0.0' }, { after: '1.1.0' }]) {
    it(`has the versions ${JSON.stringify(versions)}`, () => {
      expect(preview(versions).version).to.eql(versions);
    });
  }

  it('has no versions where neither template has one', () => {
    expect(preview()).to.not.have.property('version');
  });

  it('lets be replaced what is allowed', () => {
    const { resources } = preview({}, { allowed: new Set(['Secrets']) });
    expect(resources[0]?.meaning.weight).to.equal('builds');
  });

  it('leaves out sizes that bk-stack itself has set on a group that is paused', () => {
    const properties = preview({}, { paused: true }).drift.map(({ property }) => property);
    expect(properties).to.eql(['Cooldown', 'MyMinSize', 'MaxSizes']);
  });
});

describe('an update that takes away what cannot be made again', () => {
  const refused = (...changes: Parameters<typeof weighed>[0]) => {
    try {
      assertNothingLost({ stackName: 'ci', resources: weighed(changes, 'rolling', new Set(['Allowed'])) });
      return undefined;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return error;
    }
  };

  it('is refused with each of them, and the property that it comes from', () => {
    const error = refused(
      bucket,
      changeOf('Topic', 'AWS::SNS::Topic', 'remove'),
      changeOf(
        'Vpc',
        'AWS::EC2::VPC',
        'replace',
        { path: 'Tags' },
        { path: 'CidrBlock', recreates: 'always', cause: 'VpcCidr' },
      ),
      changeOf('Key', 'AWS::KMS::Key', 'perhaps replace', { path: 'KeySpec', recreates: 'perhaps' }),
    );
    expect(error?.message).to.equal(
      [
        'The update of ci is refused, as it takes away what cannot be made again:',
        '- Secrets (AWS::S3::Bucket): it would be removed: what is in it would be lost',
        '- Vpc (AWS::EC2::VPC): it would be replaced: the network of running instances would be lost (CidrBlock changes, by VpcCidr)',
        '- Key (AWS::KMS::Key): it would be replaced, perhaps: what it has encrypted would be lost (KeySpec changes)',
      ].join('\n'),
    );
    expect(error?.hint).to.equal(
      'Nothing was changed. Leave out what causes it; or where it is meant, say so: --allow-replacement Secrets --allow-replacement Vpc --allow-replacement Key',
    );
    expect(error?.details?.['stackName']).to.equal('ci');
    const ids = (error?.details?.['refused'] as { logicalId: string }[]).map(({ logicalId }) => logicalId);
    expect(ids).to.eql(['Secrets', 'Vpc', 'Key']);
  });

  it('is not refused where nothing is lost, or only what is allowed to be', () => {
    expect(refused(changeOf('Topic', 'AWS::SNS::Topic', 'remove'))).to.equal(undefined);
    expect(refused(changeOf('Allowed', 'AWS::S3::Bucket', 'remove'))).to.equal(undefined);
    expect(refused()).to.equal(undefined);
  });
});
