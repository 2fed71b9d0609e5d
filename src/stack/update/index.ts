export type { UpdateEnd } from './carry-out.ts';
export type { UpdateObserver } from './observer.ts';
export { gatherUpdate, mannerOf, parametersOrder } from './order.ts';
export type { UpdatePreview } from './preview/preview.ts';
export { previewText } from './preview/text.ts';
export { openProgress } from './progress.ts';
export { endText, forgottenText } from './text.ts';
export { cancelUpdate, dropUpdate, resumeUpdate, updateStack, type UpdateOutcome } from './update.ts';
