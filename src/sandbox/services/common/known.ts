/** An SDK shape of which some members are always there. */
export type Known<Shape, Member extends keyof Shape> = Shape & {
  [Name in Member]-?: NonNullable<Shape[Name]>;
};
