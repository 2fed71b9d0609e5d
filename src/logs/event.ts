/** What the log groups of a stack are for, by the last part of their names. */
export const LOG_GROUPS = ['agent', 'boot', 'system', 'docker', 'lifecycle', 'scaler'] as const;
export type LogGroup = (typeof LOG_GROUPS)[number];

/** A log group in CloudWatch. */
export interface GroupTarget {
  readonly group: LogGroup;
  readonly name: string;
}

/** A line of a log. Times are milliseconds since 1970. */
export interface LogEvent {
  /** Unique in its group; empty for what came live. */
  readonly id: string;
  readonly group: LogGroup;
  /** The name of the group in CloudWatch: of the official template's, several are one of ours. */
  readonly groupName: string;
  /** The instance's id, but for the scaler. */
  readonly stream: string;
  readonly timestamp: number;
  readonly ingestedAt: number;
  readonly message: string;
}

/** An event on its way to a screen. */
export interface TailedEvent extends LogEvent {
  /** It came after younger ones had been shown. */
  readonly late?: boolean;
  /** It is of the instance's console, which stands in for a boot log that never came. */
  readonly console?: true;
}
