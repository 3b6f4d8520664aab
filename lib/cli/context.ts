/** What a command gets from outside: `bin/migrate.ts` passes the process in, a test passes literals. */
export interface Context {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by SIGINT, SIGTERM or SIGHUP, with the name of the signal as reason. */
  readonly signal: AbortSignal;
  /** The time that relative times are relative to. */
  now(): Date;
}

/** The part of a writable stream that is used here. */
export interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** 0 done · 1 failed · 2 bad usage · 3 pending or failed (`--exit-code`) · the rest: interrupted by a signal, see `SIGNALS`. */
export type ExitCode = 0 | 1 | 2 | 3 | 129 | 130 | 143;
