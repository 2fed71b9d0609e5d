import type { ResourceChange, ResourceTargetDefinition } from '@aws-sdk/client-cloudformation';
import { expect } from 'chai';
import { plannedChanges } from '../../../../../src/stack/update/plan/preview/changes.ts';
import { weighed } from '../../../../../src/stack/update/plan/preview/preview.ts';
import { tagChanges, tagText } from '../../../../../src/stack/update/plan/preview/tags.ts';
import { previewText } from '../../../../../src/stack/update/plan/preview/text.ts';
import { outTheme } from '../../../../../src/terminal/theme.ts';

const retagged = (LogicalResourceId: string, target: ResourceTargetDefinition): ResourceChange => ({
  ...{ Action: 'Modify', LogicalResourceId, ResourceType: 'AWS::EC2::Subnet', Replacement: 'False' },
  Details: [
    {
      Target: { Attribute: 'Tags', RequiresRecreation: 'Never', ...target },
      ChangeSource: 'ParameterReference',
      CausingEntity: 'CostAllocationTagValue',
    },
  ],
});

const shown = (
  tags: readonly [Record<string, string>, Record<string, string>],
  ...changes: ResourceChange[]
) =>
  previewText(
    {
      ...{ stackName: 'ci', region: 'us-east-1', strategy: 'rolling', template: 'bk-stack.yml' },
      ...{ parameters: [], gone: [], drift: [], tags: tagChanges(...tags) },
      resources: weighed(plannedChanges(changes, {}), 'rolling', new Set()),
    },
    outTheme,
  );

describe('tags in the preview of an update', () => {
  it("are the stack's own before and after", () => {
    const text = shown([
      { team: 'build', old: 'x', same: 'y' },
      { team: 'web', same: 'y', fresh: 'z' },
    ]);
    expect(text).to.contain('Tags of the stack\n  fresh: z (new)\n  old: x → none\n  team: build → web\n');
  });

  it('are not there where none changes', () => {
    expect(shown([{ team: 'build' }, { team: 'build' }])).to.not.contain('Tags of');
  });

  it('are masked where they are secret by their name or their look', () => {
    const [before, after] = ['ghp_0123456789abcdefghijABCDEFGHIJ012345', 'none'];
    expect(
      tagChanges({ deployToken: 'hunter2', ref: before }, { deployToken: 'hunter3', ref: after }),
    ).to.eql([
      { name: 'deployToken', before: '****', after: '****' },
      { name: 'ref', before: '****', after: 'none' },
    ]);
    const value = JSON.stringify({ Key: 'deployToken', Value: 'hunter2' });
    const [change] = plannedChanges(
      [retagged('Subnet0', { Path: '/Properties/Tags/1', AfterValue: value })],
      {},
    );
    expect(change?.properties.map(({ after: text }) => text)).to.eql(['deployToken=****']);
  });

  it('are told once for all resources of which they alone change', () => {
    const tag = JSON.stringify({ Key: 'CreatedBy', Value: 'ci' });
    const changed = { BeforeValue: 'ci', AfterValue: 'web' };
    const text = shown(
      [{}, {}],
      retagged('Subnet0', { Path: '/Properties/Tags/0/Value', ...changed }),
      retagged('Subnet1', { Path: '/Properties/Tags/3/Value', ...changed }),
      retagged('Subnet2', { Path: '/Properties/Tags/0', AfterValue: tag }),
      retagged('Subnet3', {}),
    );
    expect(text).to.contain(
      [
        '  ~ 4 resources: tags only',
        '      Tags: ci → web (by CostAllocationTagValue), on 2',
        '      Tags: CreatedBy=ci (new) (by CostAllocationTagValue), on 1',
        '',
      ].join('\n'),
    );
  });

  for (const [given, text] of [
    ['{"Key":"team","Value":"web"}', 'team=web'],
    ['{"Key":"team","Value":""}', 'team='],
    ['{"Key":"deployToken","Value":"hunter2"}', 'deployToken=****'],
    ['{"Key":"deployToken","Value":""}', 'deployToken='],
    ['{"Key":"team"}', '{"Key":"team"}'],
    ['{"Value":"web"}', '{"Value":"web"}'],
    ['{"Key":1,"Value":"web"}', '{"Key":1,"Value":"web"}'],
    ['null', 'null'],
    ['12', '12'],
    ['web', 'web'],
    ['ghp_0123456789abcdefghijABCDEFGHIJ012345', '****'],
    ['"ghp_0123456789abcdefghijABCDEFGHIJ012345"', '****'],
    ['', ''],
  ] as const) {
    it(`are told of a resource as ${text === '' ? 'nothing' : text} for ${given === '' ? 'nothing' : given}`, () => {
      expect(tagText(given)).to.equal(text);
    });
  }
});
