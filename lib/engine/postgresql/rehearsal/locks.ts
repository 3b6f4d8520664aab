import type { TakenLock } from '../../../core/rehearsal.ts';

/** The lock modes of tables, from the weakest to the strongest. */
export const LOCK_MODES = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] as const;

export type LockMode = (typeof LOCK_MODES)[number];

/** A lock that was taken, of a mode that can be compared. */
export interface TableLock extends TakenLock {
  readonly mode: LockMode;
}

/** Returns what other sessions wait for while a lock of this mode is held. */
export function blockedBy(mode: LockMode): TakenLock['blocks'] {
  if (mode === 'ACCESS EXCLUSIVE') return 'reads and writes';
  return LOCK_MODES.indexOf(mode) >= LOCK_MODES.indexOf('SHARE') ? 'writes' : 'nothing';
}
