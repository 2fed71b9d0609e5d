import type { Config } from '@oclif/core';
import { expect } from 'chai';
import { BaseCommand } from '../../src/cli/base-command.ts';

describe('every command', () => {
  it('may have any number of requests that wait for Ctrl-C, without a warning', async () => {
    class Waiting extends BaseCommand {
      run() {
        for (let count = 0; count < 50; count += 1) this.signal.addEventListener('abort', () => undefined);
        return Promise.resolve();
      }
    }
    const warnings: string[] = [];
    const note = ({ name }: Error) => warnings.push(name);
    process.on('warning', note);
    await new Waiting([], {} as Config).run();
    // Node warns a little later.
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off('warning', note);
    expect(warnings).to.eql([]);
  });
});
