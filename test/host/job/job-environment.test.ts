import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { jobEnvironment, parseVariables } from '../../../src/host/job/job-environment.ts';

describe('the variables of a job', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-variables-'));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** As the program reads them from a descriptor with this text. */
  const read = (text: string) => {
    const file = join(folder, 'variables');
    writeFileSync(file, text);
    const descriptor = openSync(file, 'r');
    try {
      return jobEnvironment({ A: 'own', BK_STACK_JOB_ENVIRONMENT: String(descriptor) });
    } finally {
      closeSync(descriptor);
    }
  };

  it('come on the descriptor that as-agent names', () => {
    expect(read('A=1\0B=x=y\0C=ü\n\0')).to.eql({ A: '1', B: 'x=y', C: 'ü\n' });
  });

  it('have to arrive, as the pipeline would not be known without them', () => {
    expect(() => read('')).to.throw("The job's variables did not arrive");
    expect(() => read('no variable\0')).to.throw("The job's variables did not arrive");
  });

  it('are the program’s own without a descriptor', () => {
    expect(jobEnvironment({ A: 'own' })).to.eql({ A: 'own' });
  });

  it('are read as env -0 prints them', () => {
    expect(parseVariables('=x\0A\0B=\0C=1\0')).to.eql({ B: '', C: '1' });
  });
});
