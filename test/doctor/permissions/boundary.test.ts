import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseTemplate } from '../../../src/cfn/document.ts';
import { boundaryPolicy } from '../../../src/doctor/permissions/boundary.ts';
import { policyNotes } from '../../../src/doctor/permissions/notes.ts';
import { commandsOf } from '../../../src/doctor/permissions/parts.ts';
import { policyFor } from '../../../src/doctor/permissions/policy.ts';
import { root } from '../../support/process.ts';

/** Every action in the policies of a template's roles, in whichever condition. */
function actionsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(actionsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    name === 'Action' ? (JSON.stringify(item).match(/\b[a-z0-9]+:[A-Z]\w+/g) ?? []) : actionsIn(item),
  );
}

const PLACE = { account: '111122223333', region: 'us-east-1', partition: 'aws', prefix: 'ci-' };

describe('the permissions boundary of stacks’ roles', () => {
  const Action = boundaryPolicy().Statement.flatMap((each) => each.Action);
  const { body } = parseTemplate(readFileSync(join(root, 'template/bk-stack.yml'), 'utf8'));
  const roles = Object.values(
    (body as { Resources: Record<string, { Type: string; Properties: { Policies: unknown } }> }).Resources,
  ).filter(({ Type }) => Type === 'AWS::IAM::Role');
  const needed = new Set(roles.flatMap(({ Properties }) => actionsIn(Properties.Policies)));

  it('lets them do what the template says, and no more', () => {
    expect(needed.size).to.be.greaterThan(20);
    const patterns = Action.filter((action) => action.endsWith('*')).map((action) => action.slice(0, -1));
    const covered = (action: string) =>
      Action.includes(action) || patterns.some((pattern) => action.startsWith(pattern));
    expect([...needed].filter((action) => !covered(action))).to.eql([]);
    expect(Action.filter((action) => !action.endsWith('*') && !needed.has(action))).to.eql([]);
  });

  it('lets them change no permissions and assume no role', () => {
    expect(Action.filter((action) => /^(iam|sts|organizations):|^\*$/.test(action))).to.eql([]);
  });
});

describe('the parts of a policy', () => {
  it('are the deployer’s, which needs to know which stacks, and the operator’s', () => {
    expect(commandsOf([], undefined, undefined))
      .to.include('status')
      .and.not.include('create');
    expect(commandsOf([], 'deployer', 'ci-')).to.eql(['create', 'delete', 'rollback', 'update']);
    expect(commandsOf(['update'], undefined, 'ci')).to.eql(['update']);
    for (const scope of [undefined, '']) {
      expect(() => commandsOf([], 'deployer', scope)).to.throw(/pass every role of the account/);
      expect(() => commandsOf(['status', 'update'], undefined, scope)).to.throw(/pass every role/);
    }
  });

  it('change only roles within the boundary, and never take it away', () => {
    const { Statement } = policyFor(commandsOf([], 'deployer', 'ci-'), PLACE);
    for (const { Action, Resource, Condition } of Statement) {
      for (const action of Action) {
        expect(action).to.not.match(
          /^iam:(DeleteRolePermissionsBoundary|\*|Create(User|Policy|LoginProfile|AccessKey))/,
        );
        if (
          /^iam:(CreateRole|(Attach|Detach|Put|Delete)RolePolicy|PutRolePermissionsBoundary)$/.test(action)
        ) {
          expect(Condition, action).to.eql({
            StringEquals: { 'iam:PermissionsBoundary': 'arn:aws:iam::111122223333:policy/bk-stack-boundary' },
          });
        }
        if (action.startsWith('iam:') && !/^iam:(GetRole|SimulatePrincipalPolicy)$/.test(action)) {
          expect(Resource, action).to.not.include('*').and.not.include('arn:aws:iam::111122223333:role/*');
        }
      }
    }
  });

  it('keep the agent token from whoever only looks', () => {
    const readable = (commands: readonly string[]) =>
      policyFor(commands, PLACE)
        .Statement.filter(({ Action }) => Action.includes('ssm:GetParameter'))
        .flatMap(({ Resource }) => Resource.map((arn) => arn.split(':parameter')[1]));
    expect(readable(['status', 'logs tail', 'instances', 'scale'])).to.eql([
      '/bk-stack/ci-*/update',
      '/bk-stack/ci-*/former',
    ]);
    for (const command of ['create', 'support-bundle', 'token rotate']) {
      expect(readable([command]), command).to.eql(['/bk-stack/ci-*/*']);
    }
  });

  it('are told with what their holder can do beyond the commands', () => {
    const notes = (commands: readonly string[]) =>
      policyNotes(policyFor(commands, PLACE), commands, PLACE).join('\n');
    expect(notes(['status', 'logs tail'])).to.equal('');
    expect(notes(['token rotate'])).to.equal('Whoever holds it can read the agent token.');
    expect(notes(['secrets put'])).to.match(/^Whoever holds it can write the secrets bucket/);
    expect(notes(['create']))
      .to.match(/runs code as the roles of stacks named ci-\*, up to the boundary arn:\S+bk-stack-boundary/)
      .and.match(/--param InstanceRolePermissionsBoundaryARN=arn:/)
      .and.match(/holds 6144 characters, and this has \d+/);
  });
});
