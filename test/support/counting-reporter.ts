import { reporters, type Runner, type MochaOptions } from 'mocha';
import { writeFileSync } from 'node:fs';

/** Mocha's usual report, and "PASSES FAILURES" in the file that MOCHA_COUNTS names, for .ci/run. */
class CountingReporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    runner.once('end', () => {
      const file = process.env['MOCHA_COUNTS'];
      if (file === undefined) throw new Error('MOCHA_COUNTS names no file');
      writeFileSync(file, `${this.stats.passes} ${this.stats.failures}\n`);
    });
  }
}

// Mocha requires a reporter, and takes what that gives for the class.
export { CountingReporter as 'module.exports' };
