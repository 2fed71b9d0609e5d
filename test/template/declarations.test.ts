import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTemplate } from '../../src/cfn/document.ts';
import { root, version } from '../support/process.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
}

/* eslint-disable @typescript-eslint/no-explicit-any -- a template is a deep tree without a type of its own here */
const body = parseTemplate(readFileSync(join(root, 'template/bk-stack.yml'), 'utf8')).body as any;
/* eslint-enable @typescript-eslint/no-explicit-any */

/** Every map in a tree, whatever conditions stand around it. */
function* maps(tree: unknown): Generator<Record<string, unknown>> {
  if (typeof tree !== 'object' || tree === null) return;
  if (!Array.isArray(tree)) yield tree as Record<string, unknown>;
  for (const part of Object.values(tree)) yield* maps(part);
}

describe('template/bk-stack.yml', () => {
  it('states one version: that of the package', () => {
    expect(body.Metadata.BkStack.Version).to.equal(version);
    expect(body.Mappings.BkStack.Template.Version).to.equal(version);
  });

  it('is a version later than all that are kept as they were released', () => {
    const numbers = (text: string) => text.split('.').map(Number);
    const later = (one: number[], other: number[]) => {
      const differing = one.findIndex((part, index) => part !== other[index]);
      return differing >= 0 && one[differing]! > other[differing]!;
    };
    const kept = readdirSync(join(root, 'test/fixtures/templates')).map((file) => file.slice(9, -4));
    expect(kept).to.include.members(['0.1.0', '0.2.0']);
    for (const each of kept) expect(later(numbers(version), numbers(each)), each).to.equal(true);
  });

  it('describes and labels every parameter, and says what a value must be wherever it has a pattern', () => {
    const labels = body.Metadata['AWS::CloudFormation::Interface'].ParameterLabels;
    for (const [name, parameter] of Object.entries<Record<string, unknown>>(body.Parameters)) {
      expect(parameter['Description'], name).to.match(/^[A-Z0-9].*\.$/s);
      expect(labels[name]?.default, name).to.be.a('string');
      if ('AllowedPattern' in parameter)
        expect(parameter['ConstraintDescription'], name).to.match(/^must be /);
    }
    expect(Object.keys(labels)).to.have.members(Object.keys(body.Parameters));
  });

  it('lets the wizard ask only for parameters that there are', () => {
    for (const question of body.Metadata.BkStack.Wizard) {
      expect(body.Parameters).to.include.keys(question.Parameter, ...(question.Sets ?? []));
      expect(question.Ask).to.be.oneOf([
        ...['text', 'number', 'choice', 'instance-types', 'vpc', 'key-pair', 'spot-share'],
      ]);
    }
  });

  it('needs no macro', () => {
    expect(body).to.not.have.property('Transform');
    expect(JSON.stringify(body)).to.not.contain('Fn::Transform');
  });

  it('allows no action by wildcard', () => {
    const allowed = [...maps(body.Resources)].filter(
      (map) => map['Effect'] === 'Allow',
    ) as unknown as Statement[];
    expect(allowed).to.have.length.greaterThan(8);
    for (const { Action } of allowed) expect([Action].flat().join()).to.not.contain('*');
  });

  it('names no partition', () => {
    // S3's delivery of access logs, Lambda and EventBridge have one name in every partition.
    expect(JSON.stringify(body.Resources)).to.not.match(
      /arn:aws|(?<!logging\.s3|"lambda|"events)\.amazonaws\.com/,
    );
  });

  it('keeps what holds data when the stack is deleted', () => {
    for (const name of ['ManagedSecretsBucket', 'ManagedSecretsLoggingBucket']) {
      for (const kept of [name, `${name}Policy`]) {
        expect(body.Resources[kept]).to.include({
          DeletionPolicy: 'RetainExceptOnCreate',
          UpdateReplacePolicy: 'Retain',
        });
      }
    }
  });
});
