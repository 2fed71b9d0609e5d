import { expect } from 'chai';
import { replaceNamed } from '../../src/redaction/named.ts';

const V = 'Hq7-value';

describe('values by their names', () => {
  for (const [text, expected] of [
    [`TOKEN=${V}`, 'TOKEN=#'],
    [`TOKEN=${V} next=1`, 'TOKEN=# next=1'],
    [`a=1 TOKEN=${V} SECRET=${V}x; b=2`, 'a=1 TOKEN=# SECRET=#; b=2'],
    [`TOKEN=${V},), x`, 'TOKEN=#,), x'],
    [`TOKEN="${V} y" x`, 'TOKEN="#" x'],
    [`TOKEN='${V} y' x`, "TOKEN='#' x"],
    [`TOKEN=b'${V}' x`, "TOKEN=b'#' x"],
    [`TOKEN=\\"${V}\\", x`, 'TOKEN=\\"#\\", x'],
    [`TOKEN="${V} y`, 'TOKEN="#'],
    [`TOKEN=\\"${V} y`, 'TOKEN=\\"#'],
    ['TOKEN="', undefined],
    [`--token ${V} x`, '--token # x'],
    [`password ${V} x`, 'password # x'],
    [`the password is ${V} x`, 'the password is # x'],
    ['password reset, and passwd file', undefined],
    ['password wordofthirteen x', 'password # x'],
    ['password Reset x', 'password # x'],
    ['password reset! now', undefined],
    ['password x1y2 now', 'password # now'],
    ['password 1reset now', 'password # now'],
    ['password reset1 now', 'password # now'],
    ['password =x', undefined],
    ['password true x', undefined],
    [`password a=${V}`, 'password #'],
    ['Token: invalid, try another', undefined],
    ['Token: invalid.', 'Token: #'],
    ['Token: invalid', 'Token: #'],
    ['Token: invalid  ones', undefined],
    ['Token: x9-invalid ones', 'Token: # ones'],
    ['Token=invalid ones', 'Token=# ones'],
    [`Token:${V} ones`, 'Token:# ones'],
    ['Token: invalid9 ones', 'Token: # ones'],
    ['Token: invalid, (ones)', 'Token: #, (ones)'],
    [`<Secret>${V}</Secret>`, '<Secret>#</Secret>'],
    [`<Secret a="1">${V}</Secret>`, '<Secret a="1">#</Secret>'],
    [`<Name>${V}</Name> token`, undefined],
    ['<Secret> true </Secret>', undefined],
    ['<Secret>[redacted token]</Secret>', undefined],
    [`{"Key":"TOKEN","Value":"${V}"}`, '{"Key":"TOKEN","Value":"#"}'],
    [`{"name": "TOKEN", "value": "${V}"}`, '{"name": "TOKEN", "value": "#"}'],
    [`{"Key":"MODE","Value":"${V}","a":"token"}`, undefined],
    ['{"Key":"TOKEN","Value":"true"}', undefined],
    ['TOKEN=[redacted token]', undefined],
    ['TOKEN=x[redacted', 'TOKEN=#'],
    ['TOKEN=$OTHER', undefined],
    ['TOKEN=', undefined],
    [`MODE=${V} with a token`, undefined],
    [`nothing of it: ${V}`, undefined],
    [`TOKEN=SECRET=${V}`, 'TOKEN=#'],
  ] as const) {
    it(`${expected === undefined ? 'stay in' : 'go from'} ${text}`, () => {
      expect(replaceNamed(text, () => '#')).to.equal(expected ?? text);
    });
  }
});
