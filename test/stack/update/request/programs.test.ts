import { expect } from 'chai';
import { templateFrom } from '../../../../src/stack/parameters/index.ts';
import { newPrograms, withPrograms } from '../../../../src/stack/update/request/programs.ts';

const TEMPLATE = templateFrom(
  'Parameters: { HostProgram: { Type: String, Default: "" }, ScalerProgram: { Type: String, Default: "" } }\nResources: {}',
  'a template',
);
const program = (parameter: string, key: string) => ({ parameter, key, content: '', contentType: 'x' });
const HOST = program('HostProgram', `host/${'1'.repeat(64)}.mjs`);
const SCALER = program('ScalerProgram', `scaler/${'1'.repeat(64)}.zip`);
const GIVEN = { file: new Map(), flags: new Map() };
const value = { value: 'x', from: 'a flag' };
const added = (current: Record<string, string>, given: object = {}) =>
  newPrograms(TEMPLATE, new Map(Object.entries(current)), { ...GIVEN, ...given }, [
    HOST,
    SCALER,
    program('Other', 'x'),
  ]).map(({ parameter }) => parameter);

describe('the programs of an updated stack', () => {
  for (const [what, current, given, programs] of [
    ['are both ours where it has none', {}, {}, ['HostProgram', 'ScalerProgram']],
    [
      'replace ours of another version',
      { HostProgram: `host/${'0'.repeat(64)}.mjs`, ScalerProgram: `scaler/${'a'.repeat(64)}.zip` },
      {},
      ['HostProgram', 'ScalerProgram'],
    ],
    ['stay where they are ours already', { HostProgram: HOST.key, ScalerProgram: SCALER.key }, {}, []],
    [
      'stay where they are a person’s',
      { HostProgram: 'mine.mjs', ScalerProgram: `other/${'0'.repeat(64)}.zip` },
      {},
      [],
    ],
    [
      'stay where their key only looks like ours',
      { HostProgram: `x/host/${'0'.repeat(64)}.mjs`, ScalerProgram: `scaler/${'0'.repeat(64)}.zip.old` },
      {},
      [],
    ],
    [
      'stay where their hash is too short',
      { HostProgram: `host/${'0'.repeat(63)}.mjs`, ScalerProgram: SCALER.key },
      {},
      [],
    ],
    ['are those that were given', {}, { flags: new Map([['HostProgram', value]]) }, ['ScalerProgram']],
    ['are those that a file names', {}, { file: new Map([['ScalerProgram', value]]) }, ['HostProgram']],
  ] as const) {
    it(what, () => {
      expect(added(current, given)).to.eql(programs);
    });
  }

  it('are given with the bucket that they are in, before what a file says otherwise', () => {
    const file = new Map([['MinSize', { value: '1', from: 'a file' }]]);
    expect([...withPrograms({ ...GIVEN, file }, [HOST], 'b').file]).to.eql([
      ['MinSize', { value: '1', from: 'a file' }],
      ['HostProgram', { value: HOST.key, from: 'bk-stack' }],
      ['AssetsBucket', { value: 'b', from: 'bk-stack' }],
    ]);
    expect(withPrograms({ ...GIVEN, file }, [], 'b')).to.eql({ ...GIVEN, file });
  });
});
