/** The lifecycle hooks of template/bk-stack.yml, by name: what holds an instance until its agents are up, or until its jobs are done. */
export const LAUNCHING_HOOK = 'bk-stack-launching';
export const TERMINATING_HOOK = 'bk-stack-terminating';
