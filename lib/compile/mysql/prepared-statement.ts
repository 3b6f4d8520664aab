/** What PREPARE, EXECUTE and DEALLOCATE are about. */
export interface Prepared {
  readonly name: string;
  /** False: the file does not prepare it before. */
  readonly known: boolean;
  /** The statement, where the file itself says it. */
  readonly text?: string;
  /** Whether executing it may commit: it does where its text is known only when it runs. */
  readonly commits: boolean;
  /** User variables that it may read when it is executed, lower-cased. */
  readonly reads: readonly string[];
  /** Those that it may set. */
  readonly sets: readonly string[];
}
