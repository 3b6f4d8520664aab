import { type Database, DatabaseError } from '../core/database.ts';
import type { Ending, SchemaReader } from '../core/schema.ts';

/**
 * Records the fingerprint of the schema that a run leaves, for `verify` to compare with; `released`: and gave the lease back with it. Never fails a
 * run: why it could not is the note. Without a reader of schemas it records nothing.
 */
export async function leaveFingerprint(
  { database, schema }: { readonly database: Database; readonly schema?: SchemaReader },
  { runId, hook, requestId }: Ending,
  { server, finished }: { readonly server: number | null; readonly finished: boolean },
): Promise<{ readonly released: boolean; readonly note: string | null }> {
  if (!schema) return { released: false, note: null };
  try {
    const ending = { runId, hook, requestId: finished ? requestId : null };
    return { released: await schema.record(database, ending, server), note: null };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const note = `The fingerprint of the schema was not written down, so that \`verify\` cannot tell drift from it: ${error.message}`;
    return { released: false, note };
  }
}
