import { expect } from 'chai';
import { OperationError } from '../../../../src/errors.ts';
import { readTemplate } from '../../../../src/stack/parameters/index.ts';
import { templateVersion } from '../../../../src/stack/template/facts.ts';
import { isNewer, templateFor } from '../../../../src/stack/update/request/template.ts';

const OWN = 'Resources: { Own: { Type: "AWS::SNS::Topic" } }';
const stack = (tags: Record<string, string>) => ({
  ...{ StackName: 'ci', CreationTime: new Date(0), StackStatus: 'CREATE_COMPLETE' as const },
  Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
});
const own = { 'bk-stack:stack': 'ci', 'bk-stack:version': '0.1.0' };

describe('the version of a template', () => {
  for (const [one, other, newer] of [
    ['1.0.0', '0.9.9', true],
    ['0.2.0', '0.1.9', true],
    ['0.1.10', '0.1.9', true],
    ['0.1.1', '0.1.0', true],
    ['0.1.0', '0.1.1', false],
    ['0.1.9', '0.2.0', false],
    ['0.9.9', '1.0.0', false],
    ['1.2.3', '1.2.3', false],
    ['1.2', '1.2.0', false],
    ['1.2.1', '1.2', true],
    ['1.2', '1.2.1', false],
    ['1.2.3-beta.2', '1.2.3', false],
    ['1.2.3.4', '1.2.3', false],
    ['next', '0.0.1', false],
  ] as const) {
    it(`${one} is ${newer ? '' : 'not '}newer than ${other}`, () => {
      expect(isNewer(one, other)).to.equal(newer);
    });
  }
});

describe('the template of an updated stack', () => {
  it('is ours where it was ours', async () => {
    const template = await templateFor(stack(own), { keepTemplate: false }, OWN);
    expect(template.document.body).to.eql((await readTemplate()).document.body);
  });

  for (const [what, tags, keepTemplate] of [
    ['that keeps it', own, true],
    ['of another template', {}, false],
    ['of another template that names a version', { 'bk-stack:version': '0.1.0' }, false],
    ['without a version', { 'bk-stack:stack': 'ci' }, false],
  ] as const) {
    it(`is its own on a stack ${what}`, async () => {
      const template = await templateFor(stack(tags), { keepTemplate }, OWN);
      expect(template.name).to.equal("the stack's own template");
      expect(template.document.body).to.have.nested.property('Resources.Own');
    });
  }

  it('is the one that was given', async () => {
    const given = { template: 'template/bk-stack.yml', keepTemplate: false };
    const { document } = await templateFor(stack({}), given, OWN);
    expect(document.body).to.eql((await readTemplate()).document.body);
  });

  it('is refused where the stack’s is newer', async () => {
    const newer = stack({ ...own, 'bk-stack:version': '99.0.0' });
    const error = (await templateFor(newer, { keepTemplate: false }, OWN).catch(
      (each: unknown) => each,
    )) as OperationError;
    const version = templateVersion((await readTemplate()).document.body);
    expect(error).to.be.instanceOf(OperationError);
    expect(error.message).to.equal(`ci was made by bk-stack 99.0.0, and this is ${version ?? ''}`);
    expect(error.hint).to.match(/^Nothing was changed\. Install the newer one .*--keep-template$/);
    const same = stack({ ...own, 'bk-stack:version': version ?? '' });
    expect((await templateFor(same, { keepTemplate: false }, OWN)).name).to.not.equal(
      "the stack's own template",
    );
  });
});
