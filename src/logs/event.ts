/** What the log groups of a stack are for, by the last part of their names. */
export const LOG_GROUPS = ['agent', 'boot', 'system', 'docker', 'lifecycle', 'scaler'] as const;
export type LogGroup = (typeof LOG_GROUPS)[number];

/** A log group in CloudWatch. */
export interface GroupPlace {
  readonly group: LogGroup;
  readonly name: string;
}

/** A line of a log. Times are milliseconds since 1970. */
export interface LogEvent {
  /** Unique in its group. */
  readonly id: string;
  readonly group: LogGroup;
  /** The instance's id, but for the scaler. */
  readonly stream: string;
  readonly timestamp: number;
  readonly ingestedAt: number;
  readonly message: string;
}

/** An event on its way to a screen. */
export interface TailedEvent extends LogEvent {
  /** It came after younger ones had been shown. */
  readonly late: boolean;
}
