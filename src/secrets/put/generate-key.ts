import { generateKeyPairSync } from 'node:crypto';
import sshpk from 'sshpk';

export interface SshKeyPair {
  /** In OpenSSH's own form, which every ssh-add takes. */
  readonly privateKey: string;
  /** One line, for the Git host. */
  readonly publicKey: string;
}

/** Makes a key for the builds of a pipeline, or of all. It never touches a disk. */
export function generateSshKey(type: 'ed25519' | 'rsa', pipeline: string | undefined): SshKeyPair {
  const pem = { type: 'pkcs8', format: 'pem' } as const;
  const { privateKey } =
    type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 4096 }) : generateKeyPairSync('ed25519');
  const key = sshpk.parsePrivateKey(privateKey.export(pem), 'pem');
  key.comment = pipeline === undefined ? 'buildkite' : `buildkite-${pipeline}`;
  const text = key.toString('openssh');
  return {
    privateKey: text.endsWith('\n') ? text : `${text}\n`,
    publicKey: key.toPublic().toString('ssh').trim(),
  };
}
