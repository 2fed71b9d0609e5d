import { basename, dirname, join } from 'node:path';
import { lostParts } from '../../secrets/check/env.ts';
import { type Finding, findingText } from '../../secrets/check/finding.ts';
import { redactionFindings } from '../../secrets/check/redaction.ts';
import { environmentScript, withUnixLineEnds } from '../../secrets/job/environment.ts';
import { type JobSecrets, readSecrets, readSshKeys } from '../../secrets/job/read.ts';
import { indexedStore } from '../../secrets/job/index-store.ts';
import type { SecretStore } from '../../secrets/job/secret-store.ts';
import { type SshAgent, startSshAgent } from '../../secrets/job/ssh-agent.ts';
import { isPipelineSlug } from '../../secrets/layout/keys.ts';
import { quoted } from '../../shell/quoted.ts';
import { GIT_CREDENTIAL } from '../program/paths.ts';
import type { Settings } from '../program/settings.ts';
import type { HookCalls } from './calls.ts';
import { fingerprint, redact, secretsOfJob, secretValues } from './redaction.ts';

const ON = /^(on|1|true)$/i;

/** A job whose environment is set up. */
export interface StartingJob {
  readonly variables: NodeJS.ProcessEnv;
  /** The id of the agent's process of the job. */
  readonly agentProcess: number;
}

/**
 * Prints the shell text that the environment hook evaluates.
 * @param program the path of the job program, which git runs for credentials
 * @throws Error with what a job's owner can act on
 */
export async function environmentHook(
  settings: Settings,
  { variables: job, agentProcess }: StartingJob,
  program: string,
  calls: HookCalls,
): Promise<void> {
  const { say, print } = calls;
  const bucket = settings.text('SECRETS_BUCKET');
  const enabled =
    bucket !== '' &&
    settings.text('SECRETS_PLUGIN') !== 'false' &&
    ON.test(job['SECRETS_PLUGIN_ENABLED'] ?? 'true');
  const pipeline = pipelineOf(job);
  if (enabled) say(`~~~ Secrets of ${pipeline ?? 'every pipeline'} from ${bucket}`);
  const places = calls.beginJob(agentProcess);
  let prepared = NOTHING;
  try {
    if (enabled) {
      const store = await indexedStore(await calls.secretStore(settings), pipeline);
      prepared = await prepareSecrets(store, { pipeline, job, sshSocket: places.sshSocket }, calls);
    }
  } catch (error) {
    // A job that fails here does not know of them.
    calls.endJob(agentProcess);
    throw error;
  }
  const { secrets, sshAgent, redacted } = prepared;
  for (const key of sshAgent?.added ?? []) say(`- ${key}`);
  for (const refusal of sshAgent?.refused ?? []) say(`⚠️ SSH key ${refusal}`);
  if (enabled && (sshAgent?.added.length ?? 0) === 0 && missesSshKey(settings, job)) {
    say(`⚠️ ${job['BUILDKITE_REPO'] ?? ''} is reached by SSH, and there is no usable key in ${bucket}.`);
  }
  print(
    environmentScript({
      fixed: {
        BUILDKITE_STACK_NAME: settings.text('BK_STACK_NAME'),
        BUILDKITE_STACK_VERSION: settings.text('BK_STACK_VERSION'),
        BUILDKITE_SECRETS_BUCKET: bucket,
        BUILDKITE_AGENTS_PER_INSTANCE: settings.text('BUILDKITE_AGENTS_PER_INSTANCE'),
        // Each job logs in for itself: what one leaves behind is not for the next.
        DOCKER_CONFIG: places.docker,
        BK_STACK_DOCKER_CONFIG: places.docker,
      },
      defaults: {
        AWS_REGION: settings.text('BK_STACK_REGION'),
        AWS_DEFAULT_REGION: settings.text('BK_STACK_REGION'),
        ...artifacts(settings, job),
      },
      secrets,
      sshAgent,
      credentialHelper: credentialHelper(program, pipeline),
    }),
  );
  // So that the preparation finds those that env files make. Values that the job brings along are the agent's to redact.
  const known = [...redacted, ...secretsOfJob(job)].map(fingerprint);
  print(`bk_stack_known_secrets=${quoted(known.join(' '))}\n`);
}

/** Git runs it within the job, whose variables don't change how it runs. */
function credentialHelper(program: string, pipeline: string | undefined): string {
  return `!${join(dirname(program), basename(GIT_CREDENTIAL))} ${pipeline ?? '-'}`;
}

/** Where the agent uploads artifacts to. https://buildkite.com/docs/agent/cli/reference/artifact */
function artifacts(settings: Settings, job: NodeJS.ProcessEnv): Record<string, string> {
  const bucket = settings.text('ARTIFACTS_BUCKET');
  if (bucket === '') return {};
  const region = settings.text('ARTIFACTS_BUCKET_REGION');
  const ids = ['PIPELINE', 'BUILD', 'JOB'].map((name) => job[`BUILDKITE_${name}_ID`] ?? '');
  return {
    BUILDKITE_ARTIFACT_UPLOAD_DESTINATION: `s3://${[bucket, ...ids].join('/')}`,
    BUILDKITE_S3_ACL: settings.required('ARTIFACTS_S3_ACL'),
    ...(region !== '' && { BUILDKITE_S3_DEFAULT_REGION: region }),
  };
}

interface Prepared {
  readonly secrets: JobSecrets | undefined;
  readonly sshAgent: SshAgent | undefined;
  /** Values that have been given to the log redactor. */
  readonly redacted: readonly string[];
}

const NOTHING: Prepared = { secrets: undefined, sshAgent: undefined, redacted: [] };

async function prepareSecrets(
  store: SecretStore,
  {
    pipeline,
    job,
    sshSocket,
  }: {
    readonly pipeline: string | undefined;
    readonly job: NodeJS.ProcessEnv;
    readonly sshSocket: string;
  },
  { run, say }: HookCalls,
): Promise<Prepared> {
  const starting = readSshKeys(store, pipeline).then((keys) =>
    keys.length === 0 ? undefined : startSshAgent(run, keys, sshSocket),
  );
  // It is awaited below, and may fail before that.
  const started = starting.catch(() => undefined);
  try {
    const secrets = await readSecrets(store, pipeline);
    listSecrets(secrets, say);
    const redacted = secretValues(secrets);
    await redact(run, redacted, job);
    return { secrets, sshAgent: await starting, redacted };
  } catch (error) {
    // So that whoever ends it finds it.
    await started;
    throw error;
  }
}

/** The slug decides which secrets are read, so a strange one reads none of its own. */
function pipelineOf({ BUILDKITE_PIPELINE_SLUG: slug }: NodeJS.ProcessEnv): string | undefined {
  return slug !== undefined && isPipelineSlug(slug) ? slug : undefined;
}

/** Names, never a value: what the job gets, and what of it is lost to the job or would show in its log. */
function listSecrets({ envFiles, gitCredentials, variables }: JobSecrets, say: (line: string) => void): void {
  const warn = (name: string, finding: Finding) => {
    say(`⚠️ ${findingText(name, finding)}`);
  };
  for (const { key, text } of envFiles) {
    say(`- ${key}`);
    for (const lost of lostParts(withUnixLineEnds(text))) warn(key, lost);
  }
  for (const { key } of gitCredentials) say(`- ${key}`);
  for (const [name, value] of variables) {
    say(`- ${name}`);
    // The agent itself tells of those that are too short.
    for (const finding of redactionFindings(value)) if (finding.severity === 'refused') warn(name, finding);
  }
}

/** Whether git needs an SSH key for the job's repository, and the stack's owner wants to hear of it. */
function missesSshKey(settings: Settings, { BUILDKITE_REPO: repository = '' }: NodeJS.ProcessEnv): boolean {
  return /^(ssh:\/\/|[^/]+@[^/]+:)/.test(repository) && !settings.flag('SKIP_SSH_KEY_WARNING');
}
