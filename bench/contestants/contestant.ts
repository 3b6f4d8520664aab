import type { BenchMigration } from '../migrations.ts';
import type { Target } from '../target.ts';

/** What a database has behind it, and before it. */
export interface Situation {
  readonly applied: readonly BenchMigration[];
  readonly pending: readonly BenchMigration[];
}

/** A tool that applies migrations through the Data API. */
export interface Contestant {
  readonly name: string;
  /** With its version, for the table of versions. */
  readonly title: string;
  /** Why it does not run on an engine at all, in the words of the report. */
  readonly absent?: Readonly<Partial<Record<Target['engine'], string>>>;
  /** Write all migrations, applied and pending, into an empty folder in the tool's own form. */
  prepare(folder: string, situation: Situation, engine: Target['engine']): Promise<void>;
  /** SQL for an empty database, before the tool meets it. */
  readonly before?: Readonly<Record<Target['engine'], readonly string[]>>;
  /**
   * SQL that makes the tool's history, which already knows the first of these migrations, know all of them: the rows that the tool would have
   * written. Thousands of migrations are not applied one by one only to be skipped.
   */
  pretend(folder: string, applied: readonly BenchMigration[]): readonly string[];
  /** What a deploy does, from a client of its own to the end. Throws where it fails. */
  run(target: Target, folder: string): Promise<void>;
}

/** A text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
