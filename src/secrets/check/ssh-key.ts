import sshpk from 'sshpk';
import type { Finding } from './finding.ts';

const PUBLIC = /^(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\S+|sk-\S+)\s|BEGIN (?:SSH2 |RSA )?PUBLIC KEY/;

/** What is wrong with a private key for SSH, as an ssh-agent that nobody watches has to take it. */
export function sshKeyFindings(text: string): Finding[] {
  const refused = (message: string, hint: string): Finding[] => [{ severity: 'refused', message, hint }];
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
    sshpk.parsePrivateKey(text);
    return [];
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
      'Give the whole file, from its BEGIN line to its END line.',
    );
  }
}
