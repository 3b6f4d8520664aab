import type { LocalOptions } from '../lib/local/index.ts';
import { firstValue, type Outcome } from './outcome.ts';
import type { Result } from './run.ts';
import type { Engine } from './step.ts';

/** What makes a local Data API do as the service does: a part of the options of `startLocal`. */
export type Settings = Pick<LocalOptions, 'switches' | 'scanner' | 'mysql'>;

/** A switch with the setting that fits what was seen. */
export interface Conclusion {
  /** As docs/fidelity.md names it: `mysql.switches.errors`. */
  readonly name: string;
  readonly value: string | boolean;
}

interface Rule {
  readonly engine: Engine;
  readonly name: string;
  /** The name of the step whose outcome says it. */
  readonly from: string;
  /** The setting, or undefined where the outcome fits none. */
  readonly read: (outcome: Outcome) => string | boolean | undefined;
}

/** One of two settings, by whether the call failed. */
const failed = (yes: string | boolean, no: string | boolean) => (outcome: Outcome) => (outcome.error ? yes : no);

/** One of two settings, by whether the transaction is gone; any other error says nothing. */
const isGone = (yes: string | boolean, no: string | boolean) => (outcome: Outcome) => {
  if (!outcome.error) return no;
  return /^TransactionNotFound/.test(outcome.error.name) ? yes : undefined;
};

const says = (pattern: RegExp, yes: string | boolean, no: string | boolean) => (outcome: Outcome) =>
  outcome.error && (pattern.test(outcome.error.message) ? yes : no);

const isIntact = (text: string) => (outcome: Outcome) => firstValue(outcome) === text;

const postgresql = (name: string, from: string, read: Rule['read']): Rule => ({
  engine: 'postgresql',
  name,
  from,
  read,
});
const mysql = (name: string, from: string, read: Rule['read']): Rule => ({ engine: 'mysql', name, from, read });

const RULES: readonly Rule[] = [
  postgresql('switches.commitAfterError', 'commitAfterError', isGone('error', 'committed')),
  postgresql('switches.tooLargeEndsTransaction', 'afterTooLarge', isGone(true, false)),
  postgresql('switches.idleWhileRunning', 'afterRunning', isGone(true, false)),
  postgresql('switches.detail', 'duplicate', says(/; Detail: /, true, false)),
  postgresql(
    'switches.unterminatedDollarQuote',
    'dollar',
    says(/^Database returned SQL Exception$/, 'opaque', 'error'),
  ),
  postgresql('switches.where', 'raised', says(/; Where: /, true, false)),
  postgresql('switches.repeatedNames', 'repeated', failed('separate', 'shared')),
  postgresql('switches.timetz', 'timetz', failed('refused', 'returned')),
  postgresql('switches.voids', 'void', failed('refused', 'empty')),
  postgresql('switches.oid', 'oid', ({ answers: [answer] }) => {
    const field = answer?.records?.[0]?.[0];
    return field && (field.longValue === undefined ? 'string' : 'long');
  }),
  postgresql('switches.resultSize', 'nearLimit', failed('json', 'rows')),
  postgresql('scanner.backslashes', 'backslash', isIntact("':x")),
  postgresql('scanner.nestedComments', 'nested', isIntact('1:x')),
  mysql('mysql.switches.errors', 'duplicateTable', ({ error }) => {
    const message = error?.message ?? '';
    if (/^Database error code: \d+\. Message: /.test(message)) return 'code';
    if (/; Error code: \d+; SQLState: \w+$/.test(message)) return 'sqlstate';
    if (/^\d+ \(\w{5}\): /.test(message)) return 'driver';
    return /^Table '\S+' already exists$/.test(message) ? 'message' : undefined;
  }),
  mysql('mysql.switches.unprepared', 'procedure', outcome =>
    outcome.error
      ? /1295|prepared statement protocol/.test(outcome.error.message)
        ? 'refused'
        : undefined
      : 'executed',
  ),
  mysql('mysql.switches.transactionAfterDdl', 'afterDdl', isGone('gone', 'kept')),
  mysql('mysql.switches.commitAndChain', 'chain', failed('refused', 'executed')),
  mysql('mysql.switches.callRows', 'call', ({ error, answers: [answer] }) =>
    error ? undefined : answer?.records !== undefined,
  ),
  mysql('switches.idleWhileRunning', 'afterRunning', isGone(true, false)),
  mysql('switches.tooLargeEndsTransaction', 'afterTooLarge', isGone(true, false)),
  mysql('mysql.scanner.backslashes', 'backslash', isIntact("it's :x")),
  mysql('mysql.scanner.hashes', 'hash', isIntact(':x')),
  mysql('mysql.scanner.backticks', 'backtick', failed(false, true)),
];

/** Every switch that the results say something about. */
export function conclude(engine: Engine, results: readonly Result[]): Conclusion[] {
  const named = new Map(results.flatMap(result => [...result.named]));
  return RULES.filter(rule => rule.engine === engine).flatMap(({ name, from, read }) => {
    const outcome = named.get(from);
    const value = outcome && read(outcome);
    return value === undefined ? [] : [{ name, value }];
  });
}

/** Conclusions as options of `startLocal`. */
export function settingsOf(conclusions: readonly Conclusion[]): Settings {
  const settings: Record<string, Record<string, unknown>> = {};
  for (const { name, value } of conclusions) {
    const [group, key, inMysql] = name.split('.') as [string, string, string?];
    const members = { ...settings[group] };
    members[key] = inMysql === undefined ? value : { ...(members[key] as object), [inMysql]: value };
    settings[group] = members;
  }
  return settings;
}
