import type { Diagnostics } from '../core/database.ts';
import { toMigrationError } from './failure.ts';

/** Does the work of a verb, and throws its errors as `MigrationError`, with their remedies. */
export async function guarded<T>(diagnostics: Diagnostics, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toMigrationError(error, diagnostics);
  }
}
