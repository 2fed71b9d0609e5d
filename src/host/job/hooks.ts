import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { lostParts } from '../../secrets/check/env.ts';
import { type Finding, findingText } from '../../secrets/check/finding.ts';
import { redactionFindings } from '../../secrets/check/redaction.ts';
import { isPipelineSlug } from '../../secrets/layout/keys.ts';
import { AS_AGENT, BUILDS, HOST_PROGRAM, NODE } from '../program/paths.ts';
import { quoted } from '../../shell/quoted.ts';
import { type Run, run } from '../../shell/run.ts';
import type { Settings } from '../program/settings.ts';
import { diskCalls } from './disk-calls.ts';
import { ensureSpace } from './disk.ts';
import { environmentScript, withUnixLineEnds } from '../../secrets/job/environment.ts';
import { answerGit } from '../../secrets/job/git-credentials.ts';
import { fingerprint, redact, secretsOfJob, secretValues } from './redaction.ts';
import { credentialHelperConfig, type EcrToken, logIn, loginsOf, registryHosts } from './registries.ts';
import type { SecretStore } from '../../secrets/job/secret-store.ts';
import { type JobSecrets, readGitCredentials, readSecrets, readSshKeys } from '../../secrets/job/read.ts';
import { type SshAgent, startSshAgent } from '../../secrets/job/ssh-agent.ts';

/** For the job's log. Its standard output is evaluated by the hook. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

const ON = /^(on|1|true)$/i;

/** Writes the shell text that the environment hook evaluates. @throws Error with what a job's owner can act on */
export async function environmentHook(settings: Settings, job: NodeJS.ProcessEnv): Promise<void> {
  const bucket = settings.text('SECRETS_BUCKET');
  const enabled =
    bucket !== '' &&
    settings.text('SECRETS_PLUGIN') !== 'false' &&
    ON.test(job['SECRETS_PLUGIN_ENABLED'] ?? 'true');
  const pipeline = pipelineOf(job);
  if (enabled) say(`~~~ Secrets of ${pipeline ?? 'every pipeline'} from ${bucket}`);
  const prepared = enabled ? await prepareSecrets(await storeOf(settings), pipeline, job) : NOTHING;
  const { secrets, sshAgent, redacted } = prepared;
  for (const key of sshAgent?.added ?? []) say(`- ${key}`);
  for (const refusal of sshAgent?.refused ?? []) say(`⚠️ SSH key ${refusal}`);
  if (enabled && (sshAgent?.added.length ?? 0) === 0) warnOfMissingKey(settings, job, bucket);
  process.stdout.write(
    environmentScript({
      fixed: {
        BUILDKITE_STACK_NAME: settings.text('BK_STACK_NAME'),
        BUILDKITE_STACK_VERSION: settings.text('BK_STACK_VERSION'),
        BUILDKITE_SECRETS_BUCKET: bucket,
        BUILDKITE_AGENTS_PER_INSTANCE: settings.text('BUILDKITE_AGENTS_PER_INSTANCE'),
        ...dockerConfig(),
      },
      defaults: {
        AWS_REGION: settings.text('BK_STACK_REGION'),
        AWS_DEFAULT_REGION: settings.text('BK_STACK_REGION'),
        ...artifacts(settings, job),
      },
      secrets,
      sshAgent,
      credentialHelper: credentialHelper(pipeline),
    }),
  );
  // So that the preparation finds those that env files make. Values that the job brings along are the agent's to redact.
  const known = [...redacted, ...secretsOfJob(job)].map(fingerprint);
  process.stdout.write(`bk_stack_known_secrets=${quoted(known.join(' '))}\n`);
}

/** Git runs it within the job, whose variables don't change how it runs. */
function credentialHelper(pipeline: string | undefined): string {
  const program = process.argv[1] ?? '';
  const asAgent = join(dirname(program), basename(AS_AGENT));
  return `!${asAgent} ${process.execPath} ${program} git-credential ${pipeline ?? '-'}`;
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
  pipeline: string | undefined,
  job: NodeJS.ProcessEnv,
): Promise<Prepared> {
  const starting = readSshKeys(store, pipeline).then((keys) =>
    keys.length === 0 ? undefined : startSshAgent(run, keys),
  );
  // It is awaited below, and may fail before that.
  const started = starting.catch(() => undefined);
  try {
    const secrets = await readSecrets(store, pipeline);
    tell(secrets);
    const redacted = secretValues(secrets);
    await redact(run, redacted, job);
    return { secrets, sshAgent: await starting, redacted };
  } catch (error) {
    // A job that fails here does not know of it, and could not end it.
    const agent = await started;
    if (agent !== undefined) process.kill(Number(agent.pid));
    throw error;
  }
}

/** Loaded when it is needed, as most hooks need no AWS. */
async function storeOf(settings: Settings): Promise<SecretStore> {
  const { secretStore } = await import('../../secrets/job/secret-store.ts');
  const region = settings.text('SECRETS_BUCKET_REGION') || settings.required('BK_STACK_REGION');
  return secretStore({ bucket: settings.required('SECRETS_BUCKET'), region });
}

async function askEcr(region: string): Promise<EcrToken> {
  const { ecrToken } = await import('./ecr-token.ts');
  return ecrToken(region);
}

/** The slug decides which secrets are read, so a strange one reads none of its own. */
function pipelineOf({ BUILDKITE_PIPELINE_SLUG: slug }: NodeJS.ProcessEnv): string | undefined {
  return slug !== undefined && isPipelineSlug(slug) ? slug : undefined;
}

/** Names, never a value: what the job gets, and what of it is lost to the job or would show in its log. */
function tell({ envFiles, gitCredentials, variables }: JobSecrets): void {
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

function warnOfMissingKey(settings: Settings, job: NodeJS.ProcessEnv, bucket: string): void {
  const { BUILDKITE_REPO: repository = '' } = job;
  if (!/^(ssh:\/\/|[^/]+@[^/]+:)/.test(repository) || settings.flag('SKIP_SSH_KEY_WARNING')) return;
  say(`⚠️ ${repository} is reached by SSH, and there is no usable key in ${bucket}.`);
}

/** Each job logs in for itself: what one leaves behind is not for the next. */
function dockerConfig() {
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-docker-'));
  return { DOCKER_CONFIG: folder, BK_STACK_DOCKER_CONFIG: folder };
}

/**
 * Redacts the secrets that env files have made, makes room on the disk, and logs into the registries that the job's
 * environment, now whole, asks for.
 */
export async function preparationHook(settings: Settings, job: NodeJS.ProcessEnv): Promise<void> {
  await redact(run, secretsOfJob(job), job);
  const short = await makeRoom(settings, job);
  if (short !== undefined) throw new Error(`The disk is full: ${short}`);
  const helper = settings.flag('ECR_CREDENTIAL_HELPER');
  const { docker, ecr } = loginsOf(pluginDefaults(settings, job), {
    region: settings.text('BK_STACK_REGION'),
    ecrByDefault: helper || !['', 'none'].includes(settings.text('ECR_POLICY')),
  });
  if (helper && ecr !== undefined) {
    // Before docker login, which adds to what is there.
    const hosts = registryHosts(settings.required('ECR_REGISTRY'), ecr.accounts);
    const folder = job['BK_STACK_DOCKER_CONFIG'] ?? '';
    writeFileSync(join(folder, 'config.json'), credentialHelperConfig(hosts), { mode: 0o600 });
    say(`Docker asks for the credentials of ${hosts.join(', ')} when it needs them`);
  }
  const logins = { ...(docker !== undefined && { docker }), ...(!helper && ecr !== undefined && { ecr }) };
  for (const line of await logIn(dockerOf(job), logins, askEcr)) say(line);
}

/** Docker is the job's: which daemon it asks, and where its configuration lies. */
function dockerOf(job: NodeJS.ProcessEnv): Run {
  const own = Object.entries(job).filter(([name]) => /^DOCKER_(?!LOGIN_)/.test(name));
  const environment = { ...process.env, ...Object.fromEntries(own) };
  return (command, args, options) => run(command, args, { ...options, environment });
}

/** @returns what is still short; the instance is then retired, where the stack asks for that */
async function makeRoom(settings: Settings, job: NodeJS.ProcessEnv): Promise<string | undefined> {
  const short = await ensureSpace(diskCalls(run, job['BUILDKITE_BUILD_PATH'] ?? BUILDS, say), {
    pruneUntil: settings.text('DOCKER_PRUNE_UNTIL') || '4h',
    pruneBuildCache: settings.flag('DOCKER_BUILDER_PRUNE'),
    purgeBuilds: settings.flag('BUILDKITE_PURGE_BUILDS_ON_DISK_FULL'),
  });
  // The agent takes no further job; its end ends the instance, once the other jobs are done.
  if (short !== undefined && settings.flag('BUILDKITE_TERMINATE_INSTANCE_ON_DISK_FULL')) {
    await run('sudo', ['--non-interactive', NODE, HOST_PROGRAM, 'retire']);
  }
  return short;
}

/** What the stack's parameters say, where the job says nothing. */
function pluginDefaults(settings: Settings, job: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    DOCKER_LOGIN_PLUGIN_ENABLED: settings.text('DOCKER_LOGIN_PLUGIN') || 'true',
    ECR_PLUGIN_ENABLED: settings.text('ECR_PLUGIN') || 'true',
    ...job,
  };
}

/** Ends what the environment hook began, where that is still there; then makes room for the next job, if asked to. */
export async function preExitHook(settings: Settings, job: NodeJS.ProcessEnv): Promise<void> {
  const { SSH_AGENT_PID: pid, SSH_AUTH_SOCK: socket, BK_STACK_DOCKER_CONFIG: folder } = job;
  if (pid !== undefined && /^\d+$/.test(pid)) {
    const environment = { ...process.env, SSH_AGENT_PID: pid, SSH_AUTH_SOCK: socket };
    await run('ssh-agent', ['-k'], { environment });
  }
  if (folder !== undefined && folder.startsWith(join(tmpdir(), 'bk-stack-docker-'))) {
    rmSync(folder, { recursive: true, force: true });
  }
  if (settings.flag('PRE_EXIT_DISK_CLEANUP')) {
    const short = await makeRoom(settings, job);
    if (short !== undefined) say(`The disk stays full, which the next job will suffer from: ${short}`);
  }
}

/** Answers git from the bucket, at each question anew, so that the credentials lie nowhere on the instance. */
export async function gitCredentialHelper(
  settings: Settings,
  [pipeline, action]: readonly (string | undefined)[],
): Promise<void> {
  if (action !== 'get') return;
  const question = readFileSync(0, 'utf8');
  const files = await readGitCredentials(await storeOf(settings), pipeline === '-' ? undefined : pipeline);
  process.stdout.write(answerGit(files, question));
}
