import type { HardwareService } from '../services/ec2/compute/hardware.ts';
import { runBoots } from './boot.ts';
import { runLives } from './life.ts';
import { BOOT_TASK, hardware, LIFE_TASK } from './power.ts';

/** The machines that EC2's instances run on. No client talks to them by an API of AWS. */
export const machines: HardwareService = {
  name: 'machines',
  signingNames: [],
  sdk: () => Promise.resolve({}),
  operations: {},
  hardware,
  tasks: { [BOOT_TASK]: runBoots, [LIFE_TASK]: runLives },
};
