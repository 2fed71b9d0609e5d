import { expect } from 'chai';
import {
  checkRules,
  readTemplate,
  type RuleLookups,
} from '../../../../src/sandbox/cloudformation/template/index.ts';
import { parametersOf, PSEUDO, refusal } from '../../../support/template.ts';

async function check(rules: string, values: Readonly<Record<string, string>> = {}, lookups?: RuleLookups) {
  const template = readTemplate(`
Parameters:
  Env: { Type: String, Default: test }
  Token: { Type: String, Default: '' }
  Types: { Type: CommaDelimitedList, Default: 'a,b' }
  Vpc: { Type: 'AWS::EC2::VPC::Id', Default: vpc-1 }
  Subnets: { Type: 'List<AWS::EC2::Subnet::Id>', Default: 'subnet-1,subnet-2' }
Mappings: { Envs: { test: { Allowed: [a, b, c] } } }
Rules:
${rules}
Resources: { Topic: { Type: AWS::SNS::Topic } }
`);
  checkRules(template, await parametersOf(template, values), PSEUDO, lookups);
}

const asserting = (assertion: string) =>
  `  R: { Assertions: [{ Assert: ${assertion}, AssertDescription: no } ] }`;

const VPCS: RuleLookups = {
  values: (type) => (type === 'AWS::EC2::VPC::Id' ? ['vpc-1', 'vpc-2'] : []),
  attribute: (type, value, attribute) => {
    if (type === 'AWS::EC2::Subnet::Id' && attribute === 'VpcId') return 'vpc-1';
    return attribute === 'Tags.Team' ? `team of ${value}` : undefined;
  },
};

describe('rules', () => {
  it('are checked only where their condition holds', async () => {
    const rule = `
  TokenGiven:
    RuleCondition: !Equals [!Ref Env, live]
    Assertions:
      - Assert: !Not [!Equals [!Ref Token, '']]
        AssertDescription: A live stack needs a token.`;
    await check(rule);
    await check(rule, { Env: 'live', Token: 'x' });
    expect(await refusal(() => check(rule, { Env: 'live' }))).to.equal(
      'Template error: Rule TokenGiven failed: A live stack needs a token.',
    );
  });

  it('tell every assertion that fails', async () => {
    const rule = `
  Two:
    Assertions:
      - { Assert: !Equals [a, b], AssertDescription: first }
      - { Assert: !Equals [a, a], AssertDescription: second }
      - { Assert: !Equals [a, c], AssertDescription: third }`;
    expect(await refusal(() => check(rule))).to.equal('Template error: Rule Two failed: first; third');
  });

  for (const assertion of [
    '!Contains [[a, b], !Ref Token]',
    '!EachMemberEquals [!Ref Types, a]',
    '!EachMemberIn [!Ref Types, [a]]',
    '!And [!Equals [a, a], !Equals [a, b]]',
    '!Or [!Equals [a, b], !Equals [a, c]]',
    '!Contains [!RefAll "AWS::EC2::VPC::Id", vpc-5]',
    '!Equals [!ValueOf [Vpc, Tags.Team], nobody]',
    '!EachMemberEquals [!ValueOf [Subnets, VpcId], vpc-2]',
    '!EachMemberIn [!ValueOfAll ["AWS::EC2::VPC::Id", Tags.Team], [team of vpc-1]]',
  ]) {
    it(`fail by ${assertion}`, async () => {
      expect(await refusal(() => check(asserting(assertion), {}, VPCS))).to.equal(
        'Template error: Rule R failed: no',
      );
    });
  }

  for (const assertion of [
    '!Contains [!Ref Types, b]',
    '!EachMemberEquals [[a, a], a]',
    '!EachMemberIn [!Ref Types, [a, b, c]]',
    '!EachMemberIn [!Ref Types, !FindInMap [Envs, !Ref Env, Allowed]]',
    '!And [!Equals [a, a], !Not [!Equals [a, b]]]',
    '!Equals [!Ref AWS::Region, eu-west-1]',
    '!Contains [!RefAll "AWS::EC2::VPC::Id", !Ref Vpc]',
    '!Equals [!ValueOf [Vpc, Tags.Team], team of vpc-1]',
    '!EachMemberEquals [!ValueOf [Subnets, VpcId], !Ref Vpc]',
    '!Contains [!ValueOfAll ["AWS::EC2::VPC::Id", Tags.Team], team of vpc-2]',
  ]) {
    it(`pass by ${assertion}`, async () => {
      await check(asserting(assertion), {}, VPCS);
    });
  }

  it('must come to true or false', async () => {
    expect(await refusal(() => check(asserting('!Ref Env')))).to.equal(
      'Template format error: Rule R: conditions and assertions must evaluate to true or false',
    );
  });
});
