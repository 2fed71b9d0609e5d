/** bash refuses to assign these, and stops. */
const READ_ONLY = /^(?:BASHOPTS|BASH_VERSINFO|EUID|PPID|SHELLOPTS|UID)$/;
/** bash gives these values of its own. */
const SHELLS_OWN =
  /^(?:_|BASHPID|BASH_(?:ARGC|ARGV|COMMAND|LINENO|SOURCE|SUBSHELL|VERSION)|COMP_\w+|DIRSTACK|EPOCH(?:REALTIME|SECONDS)|FUNCNAME|GROUPS|LINENO|PIPESTATUS|RANDOM|SECONDS|SRANDOM)$/;

export function isName(name: string | undefined): name is string {
  return name !== undefined && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

/** Why bash does not keep what is assigned to a name; undefined where it does. */
export function nameFault(name: string): { severity: 'broken' | 'shell'; message: string } | undefined {
  if (READ_ONLY.test(name)) return { severity: 'broken', message: `bash does not let ${name} be set` };
  return SHELLS_OWN.test(name)
    ? { severity: 'shell', message: `bash gives ${name} values of its own` }
    : undefined;
}
