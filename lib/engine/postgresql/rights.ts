import type { DatabaseError } from '../../core/database.ts';

/** Whether the user lacks a right that the statement takes (insufficient_privilege). */
export function lacksRight({ sqlState }: DatabaseError): boolean {
  return sqlState === '42501';
}
