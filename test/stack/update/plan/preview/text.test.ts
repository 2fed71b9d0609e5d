import { expect } from 'chai';
import type { ChangeKind, PropertyChange } from '../../../../../src/stack/update/plan/preview/changes.ts';
import type { Meaning } from '../../../../../src/stack/update/plan/preview/meaning.ts';
import type { UpdatePreview, WeighedChange } from '../../../../../src/stack/update/plan/preview/preview.ts';
import { previewText } from '../../../../../src/stack/update/plan/preview/text.ts';
import type { Theme } from '../../../../../src/terminal/theme.ts';

const plain = (text: string) => text;
const PLAIN: Theme = {
  ...{ stack: plain, command: plain, good: plain, busy: plain },
  ...{ bad: plain, dim: plain, heading: plain },
};
/** Says of each text what it means instead of colouring it. */
const MARKED: Theme = {
  stack: (text) => `<stack ${text}>`,
  command: (text) => `<command ${text}>`,
  good: (text) => `<good ${text}>`,
  busy: (text) => `<busy ${text}>`,
  bad: (text) => `<bad ${text}>`,
  dim: (text) => `<dim ${text}>`,
  heading: (text) => `<heading ${text}>`,
};

const preview = (parts: Partial<UpdatePreview> = {}): UpdatePreview => ({
  ...{ stackName: 'ci', region: 'us-east-1', strategy: 'rolling', template: 'bk-stack.yml' },
  ...{ parameters: [], gone: [], tags: [], resources: [], drift: [] },
  ...parts,
});
const text = (parts: Partial<UpdatePreview>) => previewText(preview(parts), PLAIN);

const resource = (
  kind: ChangeKind,
  meaning: Meaning = { weight: 'none', text: 'nothing' },
  parts: Partial<WeighedChange> = {},
): WeighedChange => ({
  ...{ logicalId: 'X', type: 'AWS::T', kind, retained: false, meaning },
  properties: [{ path: 'P', recreates: 'never' }],
  ...parts,
});
/** The lines under Resources. */
const lines = (...resources: WeighedChange[]) =>
  (text({ resources }).split('\n\n')[1] ?? '').split('\n').slice(1);
const property = (parts: Partial<PropertyChange>) =>
  lines(resource('change', undefined, { properties: [{ path: 'P', recreates: 'never', ...parts }] }))[1];
const tagsOnly = (path: string, before?: string, after?: string): WeighedChange =>
  resource('change', undefined, {
    properties: [
      {
        ...{ path, recreates: 'never' },
        ...(before !== undefined && { before }),
        ...(after !== undefined && { after }),
      },
    ],
  });

describe('the text of an update’s preview', () => {
  it('has its parts one below the other, those that are empty left out', () => {
    expect(text({})).to.equal(
      [
        'Update of ci in us-east-1',
        'Resources',
        '0 to add, 0 to change, 0 to replace, 0 to remove. No instance is touched.',
      ].join('\n\n'),
    );
    expect(
      text({
        version: { before: '1.0.0', after: '1.1.0' },
        parameters: [
          { name: 'MinSize', before: '0', after: '1' },
          { name: 'New', after: 'x' },
        ],
        gone: ['Old', 'Older'],
        tags: [
          { name: 'team', after: 'web' },
          { name: 'was', before: 'x' },
        ],
        resources: [resource('add')],
        drift: [
          { logicalId: 'Group', property: 'MaxSize', expected: '3', actual: '5' },
          { logicalId: 'Role', property: 'Path', expected: '', actual: '/x' },
        ],
      }),
    ).to.equal(
      [
        'Update of ci in us-east-1: version 1.0.0 → 1.1.0',
        'Parameters\n  MinSize: 0 → 1\n  New: x (new)',
        'Parameters that there are no more\n  Old, Older',
        'Tags of the stack\n  team: web (new)\n  was: x → none',
        'Resources\n  + X AWS::T\n      P: changes',
        [
          'Changed past the stack since',
          '  Group MaxSize: is 5, and the stack has made it 3',
          '  Role Path: is /x, and the stack has made it (empty)',
        ].join('\n'),
        '1 to add, 0 to change, 0 to replace, 0 to remove. No instance is touched.',
      ].join('\n\n'),
    );
  });

  for (const [version, title] of [
    [{ before: '1.0.0', after: '1.0.0' }, 'Update of ci in us-east-1'],
    [{ before: '1.0.0' }, 'Update of ci in us-east-1: version 1.0.0 → ?'],
    [{ after: '1.0.0' }, 'Update of ci in us-east-1: version ? → 1.0.0'],
  ] as const) {
    it(`has the title ${title}`, () => {
      expect(text({ version }).split('\n')[0]).to.equal(title);
    });
  }

  it('counts what happens to resources, and says what happens to instances', () => {
    const last = (parts: Partial<UpdatePreview>) => text(parts).split('\n').at(-1);
    const kinds = ['add', 'change', 'change', 'replace', 'perhaps replace', 'perhaps replace'] as const;
    const resources = [...kinds, ...(['remove', 'remove', 'remove', 'remove'] as const)].map((kind) =>
      resource(kind),
    );
    expect(last({ resources })).to.equal(
      '1 to add, 2 to change, 3 to replace, 4 to remove. No instance is touched.',
    );
    const launch = resource('change', { weight: 'instances', text: 'instances are replaced' });
    expect(last({ resources: [resource('add'), launch] })).to.equal(
      '1 to add, 1 to change, 0 to replace, 0 to remove. Instances are replaced.',
    );
    expect(last({ strategy: 'drain' })).to.match(/\. All instances end as their jobs finish/);
    expect(last({ strategy: 'in-place' })).to.match(/\. No instance is touched\.$/);
  });
});

describe('a resource in the text of a preview', () => {
  const BUILDS: Meaning = { weight: 'builds', text: 'what it means' };
  for (const [what, found, line] of [
    ['is added', resource('add', BUILDS), '  + X AWS::T'],
    ['changes', resource('change', BUILDS), '  ~ X AWS::T: what it means'],
    ['is replaced', resource('replace', BUILDS), '  ± X AWS::T: what it means'],
    ['is perhaps replaced', resource('perhaps replace', BUILDS), '  ± X AWS::T: what it means'],
    ['is removed', resource('remove', BUILDS), '  - X AWS::T: what it means'],
    ['is removed without meaning', resource('remove'), '  - X AWS::T'],
    [
      'is retained without meaning',
      resource('remove', undefined, { retained: true }),
      '  - X AWS::T: stays in the account',
    ],
    ['is added as retained', resource('add', undefined, { retained: true }), '  + X AWS::T'],
    ['is retained', resource('remove', BUILDS, { retained: true }), '  - X AWS::T: what it means'],
  ] as const) {
    it(`reads "${line}" where it ${what}`, () => {
      expect(lines(found)[0]).to.equal(line);
    });
  }

  it('is painted by what it means', () => {
    const marked = (found: WeighedChange) =>
      previewText(preview({ resources: [found] }), MARKED).split('\n')[3];
    const text_ = 'it';
    expect(marked(resource('change', { weight: 'refused', text: text_ }))).to.equal(
      '  ~ X <dim AWS::T>: <bad it>',
    );
    expect(marked(resource('change', { weight: 'none', text: text_ }))).to.equal(
      '  ~ X <dim AWS::T>: <dim it>',
    );
    for (const weight of ['builds', 'instances'] as const) {
      expect(marked(resource('change', { weight, text: text_ }))).to.equal('  ~ X <dim AWS::T>: <busy it>');
    }
    expect(marked(resource('add'))).to.equal('  <good +> X <dim AWS::T>');
  });

  for (const [what, found, line] of [
    ['without values', () => property({}), '      P: changes'],
    ['new', () => property({ after: 'a' }), '      P: a (new)'],
    ['gone', () => property({ before: 'b' }), '      P: b → none'],
    ['changed', () => property({ before: 'b', after: 'a' }), '      P: b → a'],
    ['changed to nothing', () => property({ before: 'b', after: '' }), '      P: b → (empty)'],
    [
      'that needs a new resource',
      () => property({ after: 'a', recreates: 'always' }),
      'a (new) needs a new one',
    ],
    ['that may need one', () => property({ after: 'a', recreates: 'perhaps' }), 'a (new) may need a new one'],
    ['with a cause', () => property({ after: 'a', cause: 'Size' }), '      P: a (new) (by Size)'],
    ['of several lines', () => property({ after: 'a\n  b\tc' }), '      P: a b c (new)'],
    ['as long as fits', () => property({ after: 'x'.repeat(72) }), `      P: ${'x'.repeat(72)} (new)`],
    ['longer than fits', () => property({ after: 'x'.repeat(73) }), '      P: (73 characters) (new)'],
    [
      'that comes to be by the update',
      () => property({ after: '{{changeSet:KNOWN_AFTER_APPLY}},{{changeSet:KNOWN_AFTER_APPLY}}' }),
      '      P: (known afterwards),(known afterwards) (new)',
    ],
  ] as const) {
    it(`has a property ${what} as "${line.trim()}"`, () => {
      expect(found()?.endsWith(line), found()).to.equal(true);
    });
  }
});

describe('resources of which tags alone change, in the text of a preview', () => {
  it('are told together, each change once with how many have it', () => {
    const both = resource('change', undefined, {
      properties: [
        { path: 'Tags/0', recreates: 'never', before: 'a', after: 'b' },
        { path: 'Tags/1', recreates: 'never', before: 'a', after: 'b' },
      ],
    });
    expect(lines(resource('add'), tagsOnly('Tags/0/Value', 'a', 'b'), both, tagsOnly('Tags', 'c'))).to.eql([
      ...['  + X AWS::T', '      P: changes'],
      '  ~ 3 resources: tags only',
      '      Tags: a → b, on 2',
      '      Tags: c → none, on 1',
    ]);
    expect(lines(tagsOnly('Tags', undefined, 'n'))).to.eql([
      '  ~ 1 resource: tags only',
      '      Tags: n (new), on 1',
    ]);
    expect(lines(tagsOnly('Tags'))).to.eql(['  ~ 1 resource: tags only']);
  });

  it('are told one by one where instances are replaced by it', () => {
    const launch = { ...tagsOnly('TagSpecifications/0'), meaning: { weight: 'instances', text: 'new ones' } };
    expect(lines(launch as WeighedChange)).to.eql([
      '  ~ X AWS::T: new ones',
      '      TagSpecifications/0: changes',
    ]);
  });
});
