import type { Distribution } from '../machine/distribution.ts';
import type { Machine } from '../machine/machine.ts';

const BEGIN = '# Begin of the keys of AuthorizedUsersUrl, written anew by bk-stack';
const END = '# End of the keys of AuthorizedUsersUrl';

/** The keys that are there, such as that of KeyName, and those fetched, in place of the ones fetched before. */
export function withFetchedKeys(authorizedKeys: string, fetched: string): string {
  const begin = authorizedKeys.indexOf(BEGIN);
  const end = authorizedKeys.indexOf(END);
  const own =
    begin < 0 || end < begin
      ? authorizedKeys
      : authorizedKeys.slice(0, begin) + authorizedKeys.slice(end + END.length).replace(/^\n/, '');
  const lines = own === '' || own.endsWith('\n') ? own : `${own}\n`;
  return `${lines}${BEGIN}\n${fetched.trim()}\n${END}\n`;
}

/** Lets those whose keys are given use SSH as the distribution's own user. @throws Error when they cannot be written */
export async function authorizeUsers(
  machine: Machine,
  { loginUser }: Distribution,
  fetched: string,
): Promise<void> {
  const folder = `/home/${loginUser}/.ssh`;
  const path = `${folder}/authorized_keys`;
  const owner = `${loginUser}:${loginUser}`;
  const before = machine.exists(path) ? machine.read(path) : '';
  await machine.folder(folder, { mode: 0o700, owner });
  await machine.write(path, withFetchedKeys(before, fetched), { mode: 0o600, owner });
}
