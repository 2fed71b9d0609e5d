/**
 * Whether Auto Scaling refused to take an instance off the desired capacity because the group is at its minimum. The code
 * covers other refusals too, and only the message tells them apart: "Currently, desiredSize equals minSize (1). Terminating
 * instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to
 * false or lower group's min size." AWS documents neither; the wording is that of reports from real groups.
 */
export function isAtMinimum(code: string, message: string): boolean {
  return code === 'ValidationError' && message.includes("violate group's min size constraint");
}
