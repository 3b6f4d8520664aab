import type { ScriptFacts } from './manifest.ts';

/** The Data API refuses a request above this, in bytes: "4 MiB including headers and JSON". */
export const LARGEST_REQUEST = 4 * 1024 * 1024;

/**
 * Bytes put aside for what is not the migration: HTTP headers with the signature, ARNs, the statement, names and checksums, and what a procedure
 * is given to work with (MySQL: queries of 7,000 bytes that read definitions).
 */
export const REQUEST_ALLOWANCE = 12 * 1024;

/** What one request carries of a migration. `revert` is null where it has no down section. */
export interface RequestContent {
  readonly content: string;
  readonly facts: ScriptFacts;
  readonly revert: string | null;
  readonly revertFacts: ScriptFacts | null;
}

/**
 * Bytes of the request that applies a migration: the texts as JSON strings, and the facts as JSON inside of a JSON string, as
 * `ExecuteStatement` sends its parameters. An upper bound, not to the byte.
 */
export function requestBytes({ content, facts, revert, revertFacts }: RequestContent): number {
  const sent = [content, JSON.stringify(facts), revert ?? '', revertFacts === null ? '' : JSON.stringify(revertFacts)];
  return REQUEST_ALLOWANCE + sent.reduce((sum, text) => sum + jsonBytes(text), 0);
}

/** Bytes (UTF-8) of a text as a JSON string, quotes included: line ends, quotes and backslashes take two, other control characters six. */
export function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text), 'utf8');
}
