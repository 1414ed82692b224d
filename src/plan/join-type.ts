/** The join types and the names users may write for them. */
import { MillraceError } from '../errors/millrace-error.ts';

/** `cross` is an inner join that was asked for without a condition; semi and anti put out left rows only. */
export type JoinType = 'inner' | 'cross' | 'leftOuter' | 'rightOuter' | 'fullOuter' | 'leftSemi' | 'leftAnti';

const NAMES: Readonly<Record<string, JoinType>> = {
  inner: 'inner',
  outer: 'fullOuter',
  full: 'fullOuter',
  fullouter: 'fullOuter',
  leftouter: 'leftOuter',
  left: 'leftOuter',
  rightouter: 'rightOuter',
  right: 'rightOuter',
  leftsemi: 'leftSemi',
  semi: 'leftSemi',
  leftanti: 'leftAnti',
  anti: 'leftAnti',
  cross: 'cross',
};
const SUPPORTED =
  "'inner', 'outer', 'full', 'fullouter', 'full_outer', 'leftouter', 'left', 'left_outer', 'rightouter', 'right', 'right_outer', 'leftsemi', 'left_semi', 'semi', 'leftanti', 'left_anti', 'anti', 'cross'";

/** The join type of a name as `left_outer`; letter case and underscores do not matter. */
export function joinTypeOf(name: string): JoinType {
  const type = NAMES[name.toLowerCase().replaceAll('_', '')];
  if (type !== undefined) return type;
  throw new MillraceError('UNSUPPORTED_JOIN_TYPE', { typ: name, supported: SUPPORTED });
}

/** As Spark prints it: `LeftOuter`. */
export function joinTypeText(type: JoinType): string {
  return `${type.charAt(0).toUpperCase()}${type.slice(1)}`;
}

/** True when only left rows come out, without columns of the right. */
export function isLeftOnly(type: JoinType): boolean {
  return type === 'leftSemi' || type === 'leftAnti';
}

/** True when right columns may be null for want of a partner. */
export function isRightNullable(type: JoinType): boolean {
  return type === 'leftOuter' || type === 'fullOuter';
}

/** True when left columns may be null for want of a partner. */
export function isLeftNullable(type: JoinType): boolean {
  return type === 'rightOuter' || type === 'fullOuter';
}
