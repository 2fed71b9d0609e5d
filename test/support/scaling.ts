import type { ScalingSettings } from '../../src/scaler/decide.ts';

/** One agent an instance, and nothing that a stack has to ask for. */
export const PLAIN_SCALING: ScalingSettings = {
  agentsPerInstance: 1,
  instanceBuffer: 0,
  scaleOutFactor: 1,
  scaleOutForWaitingJobs: false,
  disableScaleIn: true,
  scaleOutCooldownSeconds: 0,
  scaleInCooldownSeconds: 0,
};
