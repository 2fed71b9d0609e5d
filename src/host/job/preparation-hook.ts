import type { Run } from '../../shell/run.ts';
import type { Settings } from '../program/settings.ts';
import type { HookCalls } from './calls.ts';
import { makeRoom } from './make-room.ts';
import { redact, secretsOfJob } from './redaction.ts';
import { credentialHelperConfig, logIn, loginsOf, registryHosts } from './registries.ts';

/**
 * Redacts the secrets that env files have made, makes room on the disk, and logs into the registries that the job's
 * environment, now whole, asks for.
 * @throws Error where a secret can't be redacted, the disk stays full or a login fails
 */
export async function preparationHook(
  settings: Settings,
  job: NodeJS.ProcessEnv,
  calls: HookCalls,
): Promise<void> {
  const { run, say } = calls;
  await redact(run, secretsOfJob(job), job);
  const short = await makeRoom(settings, job, calls);
  if (short !== undefined) throw new Error(`The disk is full: ${short}`);
  const helper = settings.flag('ECR_CREDENTIAL_HELPER');
  const { docker, ecr } = loginsOf(pluginDefaults(settings, job), {
    region: settings.text('BK_STACK_REGION'),
    ecrByDefault: helper || !['', 'none'].includes(settings.text('ECR_POLICY')),
  });
  if (helper && ecr !== undefined) {
    // Before docker login, which adds to what is there.
    const hosts = registryHosts(settings.required('ECR_REGISTRY'), ecr.accounts);
    calls.writeDockerConfig(job['BK_STACK_DOCKER_CONFIG'] ?? '', credentialHelperConfig(hosts));
    say(`Docker asks for the credentials of ${hosts.join(', ')} when it needs them`);
  }
  const logins = { ...(docker !== undefined && { docker }), ...(!helper && ecr !== undefined && { ecr }) };
  for (const line of await logIn(dockerOf(run, job), logins, (region) => calls.ecrToken(region))) say(line);
}

/** Docker is the job's: which daemon it asks, and where its configuration lies. */
function dockerOf(run: Run, job: NodeJS.ProcessEnv): Run {
  const own = Object.entries(job).filter(([name]) => /^DOCKER_(?!LOGIN_)/.test(name));
  const environment = { ...process.env, ...Object.fromEntries(own) };
  return (command, args, options) => run(command, args, { ...options, environment });
}

/** Values of the stack’s parameters, for jobs that set none. */
function pluginDefaults(settings: Settings, job: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    DOCKER_LOGIN_PLUGIN_ENABLED: settings.text('DOCKER_LOGIN_PLUGIN') || 'true',
    ECR_PLUGIN_ENABLED: settings.text('ECR_PLUGIN') || 'true',
    ...job,
  };
}
