import { expect } from 'chai';
import { runTool } from './support/tools.ts';

const TEMPLATES = [
  'template/bk-stack.yml',
  'test/conformance/fixtures/everything.yml',
  'test/conformance/fixtures/nested.yml',
  'test/conformance/fixtures/exports.yml',
  'test/conformance/fixtures/language-extensions.yml',
];

describe('cfn-lint', function () {
  this.timeout(600_000);
  /** All that cfn-lint knows, a few at a time: its time grows with the square of how many. */
  let regions: string[][];
  before(async () => {
    const list = 'from cfnlint.helpers import REGIONS; print(" ".join(REGIONS))';
    const { stdout } = await runTool('cfn-lint', 'python', ['-c', list]);
    const all = stdout.trim().split(' ');
    expect(all.length).to.be.greaterThan(30);
    regions = Array.from({ length: Math.ceil(all.length / 5) }, (_, index) =>
      all.slice(index * 5, index * 5 + 5),
    );
  });

  for (const template of TEMPLATES) {
    it(`finds nothing in ${template}, in any region`, async () => {
      for (const some of regions) {
        const lint = await runTool('cfn-lint', 'cfn-lint', ['--regions', ...some, '--template', template]);
        expect(lint.stdout + lint.stderr).to.equal('');
        expect(lint.exitCode).to.equal(0);
      }
    });
  }
});

describe('checkov', () => {
  interface Report {
    readonly summary: { readonly passed: number; readonly failed: number; readonly parsing_errors: number };
    readonly results: Record<
      'failed_checks' | 'skipped_checks',
      { check_id: string; resource: string; check_result: { suppress_comment?: string } }[]
    >;
  }

  it('finds nothing in template/bk-stack.yml but what is excused there by name and reason', async () => {
    const args = ['--file', 'template/bk-stack.yml', '--framework', 'cloudformation', '--output', 'json'];
    const scan = await runTool('checkov', 'checkov', [...args, '--skip-download']);
    const { summary, results } = JSON.parse(scan.stdout) as Report;
    expect(results.failed_checks.map((check) => `${check.check_id} ${check.resource}`)).to.deep.equal([]);
    expect(summary).to.include({ failed: 0, parsing_errors: 0 });
    expect(summary.passed).to.be.greaterThan(20);
    for (const check of results.skipped_checks) {
      expect(check.check_result.suppress_comment, `${check.check_id} ${check.resource}`).to.match(/\w+ \w+/);
    }
  });
});
