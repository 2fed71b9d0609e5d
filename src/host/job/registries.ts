import { setTimeout as sleep } from 'node:timers/promises';
import type { Run } from '../../shell/run.ts';

/** Registries to log into, as the job's environment asks for them. */
export interface Logins {
  readonly docker?: { readonly user: string; readonly password: string; readonly server: string | undefined };
  /** Accounts whose ECR is logged into; empty for the instance's own. */
  readonly ecr?: { readonly accounts: readonly string[]; readonly region: string };
}

const ON = /^(on|1|true)$/i;

/**
 * Reads the variables of the official stack: DOCKER_LOGIN_USER, _PASSWORD and _SERVER; AWS_ECR_LOGIN and
 * AWS_ECR_LOGIN_REGISTRY_IDS, with commas between accounts; DOCKER_LOGIN_PLUGIN_ENABLED and ECR_PLUGIN_ENABLED turn either
 * off for a pipeline.
 * @param ecrByDefault whether the stack's role may use ECR, so that a job need not ask
 * @throws Error when half of a login is given
 */
export function loginsOf(
  environment: NodeJS.ProcessEnv,
  stack: { readonly region: string; readonly ecrByDefault: boolean },
): Logins {
  const on = (name: string) => ON.test(environment[name] ?? 'true');
  return {
    ...(on('DOCKER_LOGIN_PLUGIN_ENABLED') && dockerLogin(environment)),
    ...(on('ECR_PLUGIN_ENABLED') && ecrLogin(environment, stack)),
  };
}

function dockerLogin({
  DOCKER_LOGIN_USER: user = '',
  DOCKER_LOGIN_PASSWORD: password = '',
  DOCKER_LOGIN_SERVER: server,
}: NodeJS.ProcessEnv): Pick<Logins, 'docker'> {
  if (user === '' && password === '') return {};
  if (user === '') throw new Error('DOCKER_LOGIN_PASSWORD is given without DOCKER_LOGIN_USER');
  if (password === '') throw new Error('DOCKER_LOGIN_USER is given without DOCKER_LOGIN_PASSWORD');
  return { docker: { user, password, server: server === '' ? undefined : server } };
}

function ecrLogin(
  environment: NodeJS.ProcessEnv,
  { region, ecrByDefault }: { readonly region: string; readonly ecrByDefault: boolean },
): Pick<Logins, 'ecr'> {
  const asked = environment['AWS_ECR_LOGIN'];
  const wanted = asked === undefined || asked === '' ? ecrByDefault : ON.test(asked);
  if (!wanted) return {};
  const accounts = (environment['AWS_ECR_LOGIN_REGISTRY_IDS'] ?? '')
    .split(',')
    .map((account) => account.trim())
    .filter((account) => account !== '');
  const wrong = accounts.find((account) => !/^\d{12}$/.test(account));
  if (wrong !== undefined) {
    throw new Error(`AWS_ECR_LOGIN_REGISTRY_IDS has ${wrong}, which is no account: they have 12 digits`);
  }
  return { ecr: { accounts, region } };
}

/** A token for every ECR registry of a region that the caller may use, and the caller's own registry. */
export interface EcrToken {
  readonly user: string;
  readonly password: string;
  /** Host of the caller's own registry: `111122223333.dkr.ecr.us-east-1.amazonaws.com`. */
  readonly registry: string;
}

/** A registry of another account has the same host but for the account. */
export function registryHosts(registry: string, accounts: readonly string[]): string[] {
  return accounts.length === 0 ? [registry] : accounts.map((account) => registry.replace(/^\d{12}/, account));
}

/**
 * Docker's configuration by which it asks Amazon's helper for each of these hosts, and for no other.
 * https://github.com/awslabs/amazon-ecr-credential-helper
 */
export function credentialHelperConfig(hosts: readonly string[]): string {
  return JSON.stringify({ credHelpers: Object.fromEntries(hosts.map((host) => [host, 'ecr-login'])) });
}

/**
 * Logs in by the docker CLI, which writes into the job's own DOCKER_CONFIG; passwords go by standard input.
 * @param pause before another attempt
 * @returns one line for each login
 * @throws Error with docker's reason
 */
export async function logIn(
  run: Run,
  { docker, ecr }: Logins,
  token: (region: string) => Promise<EcrToken>,
  pause: (seconds: number) => Promise<unknown> = (seconds) => sleep(seconds * 1000),
): Promise<string[]> {
  const done: string[] = [];
  if (docker !== undefined) {
    await login({ run, pause }, docker.user, docker.password, docker.server);
    done.push(`Logged in to ${docker.server ?? 'Docker Hub'} as ${docker.user}`);
  }
  if (ecr !== undefined) {
    const { user, password, registry } = await token(ecr.region);
    for (const host of registryHosts(registry, ecr.accounts)) {
      await login({ run, pause }, user, password, host);
      done.push(`Logged in to ${host}`);
    }
  }
  return done;
}

const ATTEMPTS = 3;

async function login(
  { run, pause }: { readonly run: Run; readonly pause: (seconds: number) => Promise<unknown> },
  user: string,
  input: string,
  server: string | undefined,
): Promise<void> {
  const args = ['login', '--username', user, '--password-stdin', ...(server === undefined ? [] : [server])];
  for (let attempt = 1; ; attempt++) {
    const { status, stderr } = await run('docker', args, { input, timeoutSeconds: 60 });
    if (status === 0) return;
    const refused = /unauthorized|denied|incorrect/i.test(stderr);
    if (refused || attempt === ATTEMPTS) {
      throw new Error(`docker login to ${server ?? 'Docker Hub'} as ${user} failed: ${stderr.trim()}`);
    }
    await pause(attempt);
  }
}
