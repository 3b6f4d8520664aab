import { type Database, DatabaseError } from '../../core/database.ts';
import { MigrationError } from '../../core/errors.ts';
import { unsupportedServer } from '../../core/supported.ts';

/** Throws `unsupported-server` for the answer of `VERSION()`, where that is no supported MySQL. */
export function checkVersion(version: string): void {
  const problem = unsupportedServer('mysql', version);
  if (problem) throw new MigrationError(problem);
}

/**
 * Reads with a query of ours. Where the server refuses it, asks for the server's version and throws `unsupported-server` if that is why: MariaDB,
 * and MySQL before 8.0, do not understand it. One call more, only then.
 */
export async function readSupported<T>(database: Pick<Database, 'execute'>, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.outcome !== 'failed') throw error;
    const [row] = await database.execute({ sql: 'SELECT VERSION()', effect: 'read' });
    if (row?.[0] != null) checkVersion(row[0]);
    throw error;
  }
}
