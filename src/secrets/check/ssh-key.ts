import sshpk from 'sshpk';
import type { Finding } from './finding.ts';
import { isWholeOpenSshKey } from './openssh-key.ts';

const PUBLIC = /^(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\S+|sk-\S+)\s|BEGIN (?:SSH2 |RSA )?PUBLIC KEY/;

/** The shortest RSA key that ssh-add takes, in bits. */
const SHORTEST_RSA = 1024;

/**
 * Looks whether an ssh-agent that nobody watches takes a private key.
 * @returns what is wrong with it, and the key in a form that every OpenSSH reads
 */
export function checkSshKey(text: string): { findings: Finding[]; key: string } {
  const refused = (message: string, hint: string) => ({
    findings: [{ severity: 'refused' as const, message, hint }],
    key: text,
  });
  if (text.trim() === '') return refused('it is empty', 'Give the file of the private key.');
  if (/-CERTIFICATE-----|-cert-v01@openssh\.com /.test(text)) {
    return refused(
      'this is a certificate, and builds sign in by the private key alone',
      'Give the file of the private key.',
    );
  }
  if (PUBLIC.test(text.trimStart())) {
    return refused(
      'this is a public key, and the private one belongs here',
      'The private key is in the file of the same name without .pub; the public one goes to the Git host.',
    );
  }
  if (/PuTTY-User-Key-File/.test(text)) {
    return refused('this is a key of PuTTY', 'Convert it: puttygen key.ppk -O private-openssh -o key');
  }
  const blocks = text.match(/^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/gm) ?? [];
  if (blocks.length > 1) {
    return refused(
      `these are ${blocks.length} keys, and ssh-add takes the first of a file alone`,
      'Give each a place of its own: private_ssh_key, id_rsa_github, and the same below a pipeline.',
    );
  }
  if (text.includes('-----BEGIN OPENSSH') && SECURITY_KEY.test(opened(text))) {
    return refused(
      'this key lives on a security key (FIDO), which has to be touched',
      'Make another: bk-stack secrets put NAME --generate-ssh-key',
    );
  }
  try {
    const key = sshpk.parsePrivateKey(text);
    if (key.type === 'rsa' && key.size < SHORTEST_RSA) {
      return refused(
        `it is an RSA key of ${key.size} bits, and ssh-add takes none under ${SHORTEST_RSA}`,
        'Make another: bk-stack secrets put NAME --generate-ssh-key',
      );
    }
    // In any other form, ssh-add of OpenSSH 9.2 calls this type an invalid format.
    if (key.type === 'ed25519' && !text.startsWith('-----BEGIN OPENSSH')) {
      return { findings: [REWRITTEN], key: `${key.toString('openssh').trimEnd()}\n` };
    }
    if (text.startsWith('-----BEGIN OPENSSH') && !isWholeOpenSshKey(text, key))
      return refused(DAMAGED, WHOLE_FILE);
    return { findings: [], key: text };
  } catch (error) {
    if ((error as Error).name === 'KeyEncryptedError') {
      return refused(
        'it has a passphrase, and nobody is there to type it when a build starts',
        'Make one without (bk-stack secrets put NAME --generate-ssh-key), or take it off a copy: ssh-keygen -p -N "" -f COPY',
      );
    }
    // The library's own words may quote the key.
    return refused(DAMAGED, WHOLE_FILE);
  }
}

const DAMAGED = 'it is no private key that can be read: damaged, cut off, or of another kind';
const WHOLE_FILE = 'Give the whole file, from its BEGIN line to its END line, and nothing else.';

/** The names of keys whose private half is in a device. https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.u2f */
const SECURITY_KEY = /sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com/;

/** A key of OpenSSH's form without its frame. Names of types are readable in it. */
function opened(text: string): string {
  return Buffer.from(text.replaceAll(/-----[^-]*-----|\s/g, ''), 'base64').toString('latin1');
}

const REWRITTEN: Finding = {
  severity: 'warning',
  message: "it was in a form that older OpenSSH does not read: it has been rewritten in OpenSSH's own",
};
