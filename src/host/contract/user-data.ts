/**
 * Whether user data starts the host program, as the last line of that of template/bk-stack.yml does. On an instance whose user
 * data does not, nothing completes the lifecycle hooks of `contract/hooks.ts`.
 */
export function startsHostProgram(userData: string): boolean {
  return /\/opt\/bk-stack\/host\.mjs +bootstrap\b/.test(userData);
}
