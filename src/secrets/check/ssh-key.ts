import sshpk from 'sshpk';
import type { Finding } from './finding.ts';

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
  if (PUBLIC.test(text.trimStart())) {
    return refused(
      'this is a public key, and the private one belongs here',
      'The private key is in the file of the same name without .pub; the public one goes to the Git host.',
    );
  }
  if (/PuTTY-User-Key-File/.test(text)) {
    return refused('this is a key of PuTTY', 'Convert it: puttygen key.ppk -O private-openssh -o key');
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
    return { findings: [], key: text };
  } catch (error) {
    if ((error as Error).name === 'KeyEncryptedError') {
      return refused(
        'it has a passphrase, and nobody is there to type it when a build starts',
        'Make one without (bk-stack secrets put NAME --generate-ssh-key), or take it off a copy: ssh-keygen -p -N "" -f COPY',
      );
    }
    // The library's own words may quote the key.
    return refused(
      'it is no private key that can be read: damaged, cut off, or of another kind',
      'Give the whole file, from its BEGIN line to its END line, and nothing else.',
    );
  }
}

const REWRITTEN: Finding = {
  severity: 'warning',
  message: "it was in a form that older OpenSSH does not read: it has been rewritten in OpenSSH's own",
};
