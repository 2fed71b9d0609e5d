import pLimit from 'p-limit';
import type { AwsContext } from '../aws/context.ts';
import { translateAwsError } from '../aws/errors.ts';
import { parseTemplate } from '../cfn/document.ts';
import type { KnownValues } from '../redaction/known-values.ts';
import { isSecretName } from '../redaction/names.ts';
import type { Reason } from '../redaction/patterns.ts';
import { bucketOfStack } from '../secrets/bucket/location.ts';
import { openForReading } from '../secrets/bucket/open.ts';
import { parameterDefinitions } from '../stack/parameters/index.ts';
import { parameterPath } from '../stack/naming/parameters.ts';
import { secretValues, type StackTexts, stackValues } from './secret-values.ts';
import type { StackFacts } from '../stack/facts/stack-facts.ts';
import { tokenPathOf } from '../stack/facts/stack/values.ts';

/** What of a stack's secrets is known, so that it is found wherever it stands. */
export interface KnownSecrets {
  /** What was read for it. */
  readonly read: readonly string[];
  /** What could not be read, so that only its shape or its name gives it away. */
  readonly unread: readonly { readonly what: string; readonly why: string }[];
  readonly values: number;
  /** Values with fewer than six characters, which stand in every text by chance. */
  readonly tooShort: number;
}

/** More versions of secrets than these are not read, nor bigger ones: the newest come first. */
const MAX_OBJECTS = 2000;
const MAX_OBJECT_BYTES = 512 * 1024;
const AT_ONCE = 16;

/** Reads a stack's secrets: in this process's memory alone, to know what to take out. Whatever cannot be read is told. */
export async function collectSecrets(
  facts: StackFacts,
  known: KnownValues,
  readSecrets: boolean,
): Promise<KnownSecrets> {
  const read: string[] = [];
  const unread: { what: string; why: string }[] = [];
  let tooShort = 0;
  const add = (value: string, reason: Reason) => {
    if (value.trim() !== '' && !known.add(value, reason)) tooShort += 1;
  };
  const attempt = async (what: string, look: () => Promise<string | undefined>) => {
    try {
      const remark = await look();
      read.push(what);
      if (remark !== undefined) unread.push({ what, why: remark });
    } catch (error) {
      unread.push({ what, why: reasonOf(error) });
    }
  };
  for (const value of stackValues({ named: namedTexts(facts), hidden: [] })) add(value, 'known value');
  read.push('parameters, outputs and tags that are named as secrets');
  await attempt('defaults in the template of what is not to be echoed', async () => {
    for (const value of stackValues(await presets(facts))) add(value, 'known value');
    return undefined;
  });
  if (!readSecrets) {
    unread.push({
      what: 'the agent token and the secrets of the builds',
      why: '--no-read-secrets was given',
    });
    return { read, unread, values: known.size, tooShort };
  }
  await attempt('the agent token', async () => {
    for (const token of await tokens(facts)) add(token, 'agent token');
    return undefined;
  });
  await attempt('SecureStrings of the stack', async () => {
    for (const value of await secureStrings(facts.aws, parameterPath(facts.stackName)))
      add(value, 'known value');
    return undefined;
  });
  await attempt('the secrets bucket, with its older versions', () =>
    readBucket(facts, (value) => {
      add(value, 'known value');
    }),
  );
  return { read, unread, values: known.size, tooShort };
}

export function reasonOf(error: unknown): string {
  const translated = translateAwsError(error);
  return translated instanceof Error ? translated.message : String(translated);
}

function namedTexts({ stack }: StackFacts): StackTexts['named'] {
  const pair = (name = '', value = '') => ({ name, value });
  return [
    ...(stack.Parameters ?? []).flatMap((each) => [
      pair(each.ParameterKey, each.ParameterValue),
      pair(each.ParameterKey, each.ResolvedValue),
    ]),
    ...(stack.Outputs ?? []).map((each) => pair(each.OutputKey, each.OutputValue)),
    ...(stack.Tags ?? []).map((each) => pair(each.Key, each.Value)),
  ];
}

async function presets(facts: StackFacts): Promise<StackTexts> {
  const definitions = parameterDefinitions(parseTemplate(await facts.template()).body);
  return {
    named: definitions.map(({ name, preset = '' }) => ({ name, value: preset })),
    hidden: definitions.flatMap(({ noEcho, preset }) => (noEcho && preset ? [preset] : [])),
  };
}

/** The agents' token, with the former ones that SSM remembers: they may be in older logs, and still be taken. */
async function tokens(facts: StackFacts): Promise<string[]> {
  const { GetParameterCommand, GetParameterHistoryCommand } = await import('../aws/sdk/ssm.ts');
  const client = await facts.aws.clients.ssm();
  const path = tokenPathOf(facts.stack);
  // The official template keeps a token that was given as a parameter in one of its own.
  const own = (await facts.physicalIds('AWS::SSM::Parameter')).filter((name) => isSecretName(name));
  const names = [...new Set([...(path === undefined ? [] : [path]), ...own])];
  const values: string[] = [];
  for (const Name of names) {
    const { Parameter } = await client.send(new GetParameterCommand({ Name, WithDecryption: true }));
    values.push(Parameter?.Value ?? '');
    let token: string | undefined;
    do {
      const page = await client.send(
        new GetParameterHistoryCommand({ Name, WithDecryption: true, NextToken: token }),
      );
      values.push(...(page.Parameters ?? []).map(({ Value = '' }) => Value));
      token = page.NextToken;
    } while (token !== undefined);
  }
  return values;
}

async function secureStrings(aws: AwsContext, Path: string): Promise<string[]> {
  const { GetParametersByPathCommand } = await import('../aws/sdk/ssm.ts');
  const client = await aws.clients.ssm();
  const values: string[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new GetParametersByPathCommand({ Path, Recursive: true, WithDecryption: true, NextToken: token }),
    );
    values.push(
      ...(page.Parameters ?? []).flatMap(({ Type, Value }) => (Type === 'SecureString' ? [Value ?? ''] : [])),
    );
    token = page.NextToken;
  } while (token !== undefined);
  return values;
}

/** @returns what was left out of it */
async function readBucket(
  { aws, stack, region }: StackFacts,
  add: (value: string) => void,
): Promise<string | undefined> {
  const { objects } = openForReading(aws, bucketOfStack(stack, region));
  const all = (await objects.versions('')).filter(({ removal }) => !removal);
  const newest = all
    .sort((a, b) => Number(b.latest) - Number(a.latest) || b.modifiedAt.getTime() - a.modifiedAt.getTime())
    .slice(0, MAX_OBJECTS);
  const wanted = newest.filter(({ bytes }) => bytes <= MAX_OBJECT_BYTES);
  const failures = new Set<string>();
  let failed = 0;
  await pLimit(AT_ONCE).map(wanted, async ({ key, versionId }) => {
    try {
      const secret = await objects.read(key, versionId === 'null' ? undefined : versionId);
      if (secret === undefined) return;
      for (const value of secretValues(key, secret.body.toString('utf8'))) add(value);
    } catch (error) {
      failed += 1;
      failures.add(reasonOf(error));
    }
  });
  const left = all.length - wanted.length + failed;
  return left === 0
    ? undefined
    : `${left} of ${all.length} versions were not read: ${[...failures][0] ?? 'they are too many or too big'}`;
}
