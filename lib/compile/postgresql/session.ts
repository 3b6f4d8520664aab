import type { Node } from './parser.ts';
import { constant, lastName } from './tree.ts';

/** What a statement does to a setting of the session. */
export interface Setting {
  /** Lower-cased name; `*` for RESET ALL. */
  readonly name: string;
  /** `SET x TO DEFAULT`, `RESET x`. */
  readonly reset: boolean;
  /** `SET LOCAL`: ends with the transaction. */
  readonly local: boolean;
  /** First value as text. */
  readonly value: string;
}

/** The setting that a statement sets (`SET`, `RESET`, `SELECT set_config(…)`); undefined: none. */
export function setting(node: Node): Setting | undefined {
  if ('VariableSetStmt' in node) {
    const { kind, name, args, is_local } = node.VariableSetStmt;
    const reset = kind === 'VAR_RESET' || kind === 'VAR_RESET_ALL' || kind === 'VAR_SET_DEFAULT';
    return { name: (name ?? '*').toLowerCase(), reset, local: is_local ?? false, value: constant(args?.[0] ?? {}) };
  }
  if (!('SelectStmt' in node) || node.SelectStmt.fromClause || node.SelectStmt.targetList?.length !== 1)
    return undefined;
  const [target] = node.SelectStmt.targetList;
  const value = target && 'ResTarget' in target ? target.ResTarget.val : undefined;
  if (!value || !('FuncCall' in value) || lastName(value.FuncCall.funcname) !== 'set_config') return undefined;
  const [name, text, local] = value.FuncCall.args ?? [];
  return {
    name: constant(name ?? {}).toLowerCase(),
    reset: false,
    local: constant(local ?? {}) === 'true',
    value: constant(text ?? {}),
  };
}

/** Settings that change how long, how loud or how fast a statement is, but not what it does. */
export function isTuning(name: string): boolean {
  return TUNING.test(name);
}

const TUNING =
  /^(lock_timeout|statement_timeout|deadlock_timeout|transaction_timeout|idle_.*_timeout|(maintenance_|autovacuum_)?work_mem|max_parallel_.*|vacuum_.*|client_min_messages|client_encoding|log_.*|application_name|synchronous_commit|check_function_bodies|effective_io_concurrency|maintenance_io_concurrency|wal_.*|xmloption|row_security|standard_conforming_strings|escape_string_warning)$/;
