import type { Machine } from './machine.ts';
import { AGENT_USER, GIT_MIRRORS } from '../../program/paths.ts';

/** Where a bucket has its archives, each the mirror of one repository in a folder of the archive's own name. */
const PREFIX = 'git-mirror-seeds/';
const ARCHIVE = /^(.+?)(\.tar|\.tar\.gz|\.zip)$/;
/** On the mirrors' own disk, so that a mirror is put in place at once. */
const STAGING = `${GIT_MIRRORS}/.seeds`;
/** Together well below what the creation of a stack waits for an instance. */
const FETCH_SECONDS = 420;
const UNPACK_SECONDS = 120;

/**
 * Fetches mirrors of repositories to begin with, in the layout of the official stack. What fails is said and left out, as
 * the agent makes what is missing by itself.
 * https://buildkite.com/docs/agent/self-hosted/aws/elastic-ci-stack/ec2-linux-and-windows/git-mirror-seeding
 */
export async function seedMirrors(machine: Machine, bucket: string): Promise<void> {
  machine.say(`fetching mirrors from s3://${bucket}/${PREFIX}`);
  try {
    await machine.folder(STAGING);
    // Archives that came before a failure or the end of the time are whole: the AWS CLI names a file when it has all of it.
    const fetching = machine.must(
      'aws',
      [
        ...['s3', 'sync', '--only-show-errors', `s3://${bucket}/${PREFIX}`, machine.pathOf(STAGING)],
        ...['--exclude', '*', '--include', '*.tar', '--include', '*.tar.gz', '--include', '*.zip'],
      ],
      { timeoutSeconds: FETCH_SECONDS },
    );
    await fetching.catch((error: unknown) => {
      machine.say(`not all mirrors came, those that did are used: ${(error as Error).message}`);
    });
    for (const archive of machine.list(STAGING)) {
      const name = ARCHIVE.exec(archive)?.[1];
      if (name === undefined || machine.exists(`${GIT_MIRRORS}/${name}`)) continue;
      await unpack(machine, archive, name).catch((error: unknown) => {
        machine.say(`${archive} is left out: ${(error as Error).message}`);
      });
    }
  } catch (error) {
    machine.say(`mirrors are left out: ${(error as Error).message}`);
  }
  await machine.must('rm', ['--recursive', '--force', machine.pathOf(STAGING)]);
}

async function unpack(machine: Machine, archive: string, name: string): Promise<void> {
  const folder = `${STAGING}/${name}.unpacked`;
  const [from, to] = [machine.pathOf(`${STAGING}/${archive}`), machine.pathOf(folder)];
  await machine.folder(folder);
  const [command, args] = archive.endsWith('.zip')
    ? (['unzip', ['-q', from, '-d', to]] as const)
    : (['tar', ['--extract', '--no-same-owner', '--file', from, '--directory', to]] as const);
  await machine.must(command, args, { timeoutSeconds: UNPACK_SECONDS });
  const entries = machine.list(folder);
  if (entries.length !== 1 || entries[0] !== name) throw new Error(`it holds more or other than ${name}/`);
  const bare = await machine.must('git', ['-C', `${to}/${name}`, 'rev-parse', '--is-bare-repository']);
  if (bare !== 'true') throw new Error(`${name}/ in it is no mirror, as git clone --mirror makes them`);
  await machine.must('chown', ['--recursive', `${AGENT_USER}:${AGENT_USER}`, `${to}/${name}`]);
  await machine.must('mv', [`${to}/${name}`, machine.pathOf(`${GIT_MIRRORS}/${name}`)]);
  machine.say(`${name} is mirrored`);
}
