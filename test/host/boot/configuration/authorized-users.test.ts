import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { authorizeUsers, withFetchedKeys } from '../../../../src/host/boot/configuration/authorized-users.ts';
import { distributionOf } from '../../../../src/host/boot/machine/distribution.ts';
import { Machine } from '../../../../src/host/boot/machine/machine.ts';

const BEGIN = '# Begin of the keys of AuthorizedUsersUrl, written anew by bk-stack';
const END = '# End of the keys of AuthorizedUsersUrl';
const block = (...keys: string[]) => [BEGIN, ...keys, END, ''].join('\n');

describe('the keys for SSH that are fetched', () => {
  for (const [what, before, after] of [
    ['stand alone where there was none', '', block('A', 'B')],
    ['come after those that are there', 'OWN\n', `OWN\n${block('A', 'B')}`],
    ['come on a line of their own', 'OWN', `OWN\n${block('A', 'B')}`],
    ['take the place of those fetched before', `OWN\n${block('OLD')}`, `OWN\n${block('A', 'B')}`],
    ['take the place of those at the beginning', `${block('OLD')}OWN\n`, `OWN\n${block('A', 'B')}`],
    ['leave those that came behind', `${block('OLD')}\nOWN\n`, `\nOWN\n${block('A', 'B')}`],
    ['leave a block without an end', `OWN\n${BEGIN}\nOLD\n`, `OWN\n${BEGIN}\nOLD\n${block('A', 'B')}`],
    ['leave an end without a block', `${END}\nOWN\n`, `${END}\nOWN\n${block('A', 'B')}`],
    ['leave an end before the block', `${END}\n${BEGIN}\nOLD\n`, `${END}\n${BEGIN}\nOLD\n${block('A', 'B')}`],
  ] as const) {
    it(what, () => {
      expect(withFetchedKeys(before, '\nA\nB\n\n')).to.equal(after);
    });
  }

  it('are written for the user that people log in as, and for nobody else to read', async () => {
    const root = mkdtempSync(join(tmpdir(), 'bk-stack-users-'));
    try {
      const commands: string[] = [];
      const machine = new Machine(
        () => undefined,
        root,
        (command, args) => {
          commands.push([command, ...args].join(' '));
          return Promise.resolve({ status: 0, stdout: '', stderr: '' });
        },
      );
      const ubuntu = distributionOf('ID=ubuntu\nVERSION_ID="24.04"\n', 'x64');
      const folder = join(root, 'home/ubuntu/.ssh');
      const file = join(folder, 'authorized_keys');
      await authorizeUsers(machine, ubuntu, 'OLD');
      expect(readFileSync(file, 'utf8')).to.equal(block('OLD'));
      await authorizeUsers(machine, ubuntu, 'NEW');
      expect(readFileSync(file, 'utf8')).to.equal(block('NEW'));
      expect([folder, file].map((each) => statSync(each).mode & 0o777)).to.eql([0o700, 0o600]);
      expect(commands.slice(0, 2)).to.eql([`chown ubuntu:ubuntu ${folder}`, `chown ubuntu:ubuntu ${file}`]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
