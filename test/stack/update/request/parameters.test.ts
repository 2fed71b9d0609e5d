import { expect } from 'chai';
import { UsageError } from '../../../../src/errors.ts';
import { parseParamFlags, templateFrom } from '../../../../src/stack/parameters/index.ts';
import { rolloutOptions } from '../../../../src/stack/update/request/options.ts';
import { planParameters, currentParameters } from '../../../../src/stack/update/request/parameters.ts';

const template = templateFrom(
  `
Parameters:
  MinSize: { Type: Number, Default: 0 }
  Name: { Type: String, AllowedPattern: '[a-z]*', Default: '' }
  New: { Type: String, Default: fresh }
  Needed: { Type: String }
  Token: { Type: String, NoEcho: true, Default: '' }
Resources: {}
`,
  'a template',
);
const standing = currentParameters([
  { ParameterKey: 'MinSize', ParameterValue: '2' },
  { ParameterKey: 'Name', ParameterValue: 'ci' },
  { ParameterKey: 'Token', ParameterValue: '****' },
  { ParameterKey: 'Old', ParameterValue: 'x' },
]);
const plan = (...flags: string[]) =>
  planParameters(template, standing, { file: new Map(), flags: parseParamFlags(flags) });

describe('the parameters of an update', () => {
  it('keep their values where nothing is said, get new defaults, and tell what is gone', () => {
    const { request, changes, gone, effective } = plan('Needed=y');
    expect(request).to.eql([
      { ParameterKey: 'MinSize', UsePreviousValue: true },
      { ParameterKey: 'Name', UsePreviousValue: true },
      { ParameterKey: 'Needed', ParameterValue: 'y' },
      { ParameterKey: 'Token', UsePreviousValue: true },
    ]);
    expect(changes).to.eql([
      { name: 'New', after: 'fresh' },
      { name: 'Needed', after: 'y' },
    ]);
    expect(gone).to.eql(['Old']);
    expect([...effective.keys()]).to.eql(['MinSize', 'Name', 'New', 'Needed']);
  });

  it('never show a secret', () => {
    const { changes } = plan('Needed=y', 'Token=hunter2', 'MinSize=2');
    expect(changes).to.deep.include({ name: 'Token', before: '****', after: '****' });
    expect(JSON.stringify(changes)).to.not.contain('hunter2');
    expect(changes.map(({ name }) => name)).to.not.include('MinSize');
  });

  it('are refused all at once, also what the stack has and the template does not take any more', () => {
    const old = currentParameters([{ ParameterKey: 'Name', ParameterValue: 'CI' }]);
    const attempt = () =>
      planParameters(template, old, { file: new Map(), flags: parseParamFlags(['MinSize=x', 'Nam=y']) });
    expect(attempt).to.throw(UsageError, /Name .*the stack has it/s);
    expect(attempt).to.throw(UsageError, /no parameter Nam/);
    expect(attempt).to.throw(UsageError, /Needed has no default/);
  });
});

describe('how an update goes about', () => {
  const manner = (flags: object = {}) =>
    rolloutOptions({
      ...{ strategy: 'rolling', 'min-healthy': 100, batch: 10, 'checkpoint-delay': 600, 'drain-timeout': 60 },
      ...flags,
    });

  it('replaces up to the end, whatever checkpoints there are', () => {
    expect(manner({ checkpoint: '10, 50' }).refresh).to.include({ checkpointDelay: 600, batch: 10 });
    expect(manner({ checkpoint: '10, 50' }).refresh.checkpoints).to.eql([10, 50, 100]);
    expect(manner().refresh).to.eql({ minHealthy: 100, batch: 10, skipMatching: true });
  });

  it('refuses shares that Auto Scaling would not take', () => {
    expect(() => manner({ batch: 0 })).to.throw(UsageError, /no instance could ever be replaced/);
    expect(() => manner({ batch: 50, 'min-healthy': 40 })).to.throw(UsageError, /--batch 50 is more/);
    for (const checkpoint of ['0', '101', '50,10', 'half', '10,10']) {
      expect(() => manner({ checkpoint }), checkpoint).to.throw(UsageError, /rising percents/);
    }
  });
});
