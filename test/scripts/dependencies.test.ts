import { expect } from 'chai';
import { advisoryFindings, licenceAllowed, lockFindings } from '../../scripts/dependencies/findings.ts';

const GOOD = { version: '1.0.0', integrity: `sha512-${'A'.repeat(86)}==` };
const found = (locked: object, installed: object = {}, own: object = {}) =>
  lockFindings({ packages: { '': {}, 'node_modules/a': { ...GOOD, ...locked } } }, own, [
    { path: 'node_modules/a', version: '1.0.0', license: 'MIT', ...installed },
  ]);

describe('the check of dependencies', () => {
  it('finds nothing in packages of the registry, with their hash and an accepted licence', () => {
    expect(found({})).to.eql([]);
    expect(found({ resolved: 'https://registry.npmjs.org/a/-/a-1.0.0.tgz' })).to.eql([]);
  });

  for (const [what, finding, ...given] of [
    ['a weak hash', /no SHA-512/, { integrity: 'sha1-x' }],
    ['no hash', /no SHA-512/, { integrity: undefined }],
    ['another source', /instead of the registry/, { resolved: 'git+ssh://git@example.com/a.git#1' }],
    ['another host', /instead of the registry/, { resolved: 'https://registry.npmjs.org.example.com/a.tgz' }],
    ['a link', /link to a folder/, { link: true }],
    ['an install script in the lock file', /runs a script/, { hasInstallScript: true }],
    ['an install script', /has an install script/, {}, { scripts: { postinstall: 'x' } }],
    ['another version', /2\.0\.0 is installed, 1\.0\.0 is locked/, {}, { version: '2.0.0' }],
    ['another licence', /the licence GPL-3\.0 is not/, {}, { license: 'GPL-3.0' }],
    ['no licence', /\(none\)/, {}, { license: undefined }],
    ['an install script of ours', /users would run/, {}, {}, { scripts: { postinstall: 'x' } }],
    ['dependencies of ours', /not in its bundle/, {}, {}, { dependencies: { a: '1' } }],
  ] as const) {
    it(`finds ${what}`, () => {
      const [first, ...others] = found(...(given as unknown as [object, object?, object?]));
      expect(first).to.match(finding);
      expect(others).to.eql([]);
    });
  }

  it('takes one of several licences, and all that hold together', () => {
    expect(licenceAllowed('(MIT OR GPL-3.0)')).to.equal(true);
    expect(licenceAllowed('MIT AND GPL-3.0')).to.equal(false);
    expect(licenceAllowed('(Apache-2.0 AND BSD-3-Clause)')).to.equal(true);
  });

  it('tells advisories, and never takes no answer for a clean bill', () => {
    const via = [{ name: 'a', title: 'Bad', url: 'https://github.com/advisories/GHSA-x' }, 'b'];
    expect(advisoryFindings(JSON.stringify({ vulnerabilities: { a: { via } } })).findings).to.eql([
      'a: Bad (https://github.com/advisories/GHSA-x)',
    ]);
    expect(advisoryFindings('{"vulnerabilities":{}}')).to.eql({
      findings: [],
      summary: '0 advisories, 0 of them accepted with a reason',
    });
    for (const output of ['', '{"message":"405 Method Not Allowed"}']) {
      expect(advisoryFindings(output).summary, output).to.match(/^advisories NOT checked: (npm audit|405)/);
    }
  });
});
