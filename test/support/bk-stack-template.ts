import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkRules,
  evaluate,
  readTemplate,
  resolveOutputs,
  resolveParameters,
  resolveProperties,
  type Evaluation,
} from '../../src/sandbox/cloudformation/template/index.ts';
import { parseSettings, Settings } from '../../src/host/program/settings.ts';
import { root } from './process.ts';

const template = readTemplate(readFileSync(join(root, 'template/bk-stack.yml'), 'utf8'), { source: 'url' });
const pseudo = {
  accountId: '123456789012',
  notificationArns: [],
  partition: 'aws',
  region: 'eu-west-1',
  stackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/ci/1',
  stackName: 'ci',
};
/** What `bk-stack create` adds. */
const ADDED = {
  BuildkiteAgentTokenParameterStorePath: '/bk-stack/ci/agent-token',
  AssetsBucket: 'bk-stack-assets-123456789012-eu-west-1',
  HostProgram: `host/${'0'.repeat(64)}.mjs`,
  ScalerProgram: `scaler/${'0'.repeat(64)}.zip`,
};
export const OWN_VPC = {
  VpcId: 'vpc-0123456789abcdef0',
  Subnets: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
};

/** The template with these parameters, every resource's Ref being `<its logical id>` and its attributes likewise. */
export async function stack(
  given: Record<string, string> = {},
  place: { readonly partition?: string; readonly region?: string } = {},
): Promise<Evaluation> {
  const supplied = Object.entries({ ...ADDED, ...given }).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  }));
  const parameters = await resolveParameters(template, supplied, {
    lookups: { ssmParameter: () => Promise.resolve(undefined) },
  });
  checkRules(template, parameters, pseudo);
  return evaluate({
    template,
    parameters,
    pseudo: { ...pseudo, ...place },
    references: {
      ref: (logicalId) => `<${logicalId}>`,
      attribute: (logicalId, attribute) =>
        attribute === 'CidrBlock' ? '10.0.0.0/16' : `<${logicalId}.${attribute}>`,
      importValue: () => undefined,
      availabilityZones: (region) => [`${region}a`, `${region}b`],
    },
  });
}

export const has = (evaluation: Evaluation, logicalId: string): boolean =>
  evaluation.holds(template.resources.get(logicalId)?.condition);
/** The resources that one names as those it comes after. */
export const dependenciesOf = (logicalId: string): readonly string[] =>
  template.resources.get(logicalId)?.dependsOn ?? [];
/* eslint-disable @typescript-eslint/no-explicit-any -- properties are deep trees without a type of their own here */
export const propertiesOf = (evaluation: Evaluation, logicalId: string): any =>
  resolveProperties(logicalId, evaluation);
/* eslint-enable @typescript-eslint/no-explicit-any */
export const launchOf = (evaluation: Evaluation) =>
  propertiesOf(evaluation, 'AgentLaunchTemplate').LaunchTemplateData;
export const groupOf = (evaluation: Evaluation) => propertiesOf(evaluation, 'AgentAutoScaleGroup');
export const userDataOf = (evaluation: Evaluation): string =>
  Buffer.from(launchOf(evaluation).UserData, 'base64').toString('utf8');
/** What the host program of a stack with these parameters has for settings. */
export async function hostSettings(given: Record<string, string> = {}): Promise<Settings> {
  return new Settings(parseSettings(userDataOf(await stack(given))));
}

export const statementsOf = (evaluation: Evaluation): Record<string, Record<string, unknown>> =>
  Object.fromEntries(
    propertiesOf(evaluation, 'InstanceRole').Policies[0].PolicyDocument.Statement.map(
      (statement: { Sid: string }) => [statement.Sid, statement],
    ),
  );

export const outputsOf = (evaluation: Evaluation): Record<string, string> =>
  Object.fromEntries(resolveOutputs(evaluation).map(({ key, value }) => [key, value]));

/** Expects the parameters to be refused with a text that contains `message`. */
export async function refused(given: Record<string, string>, message: string): Promise<void> {
  const outcome = await stack(given).then(
    () => 'accepted',
    (error: unknown) => (error as Error).message,
  );
  expect(outcome).to.contain(message);
}
