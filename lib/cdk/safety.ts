import type { Finding } from '../core/safety.ts';
import type { AuroraMigrationsProps } from './props.ts';
import type { SafetyLevel } from './safety-options.ts';

/** The option `safety`, with its defaults. */
export interface Safety {
  readonly level: SafetyLevel;
  readonly rules: Readonly<Record<string, SafetyLevel>>;
  readonly since?: string;
}

/** Reads the option `safety` in either of its forms. */
export function safetyOf(option: AuroraMigrationsProps['safety'] = 'warn'): Safety {
  const { level = 'warn', rules = {}, since } = typeof option === 'string' ? { level: option } : option;
  // What is undefined is not given.
  const named = Object.entries(rules).filter(([, one]) => one !== undefined);
  return { level, rules: Object.fromEntries(named), ...(since !== undefined && { since }) };
}

/** Whether any rule is on: else nothing needs to be judged. */
export function judgesAny({ level, rules }: Safety): boolean {
  return level !== 'off' || Object.values(rules).some(one => one !== 'off');
}

/** What synth says of a folder's findings. */
export interface SynthFindings {
  readonly annotations: readonly FindingAnnotation[];
  /** Of the older migrations, which are only counted; null: there are none. */
  readonly older: { readonly findings: number; readonly migrations: number; readonly fails: boolean } | null;
}

/**
 * The findings of one rule in one migration, which are one annotation: `acknowledgeWarning` takes exact ids, and with one id for a whole
 * migration it would let pass what nobody has read, with one for a rule what later migrations do. Nearly all migrations with findings have
 * them of one rule, so that is one annotation a migration.
 */
export interface FindingAnnotation {
  readonly rule: string;
  readonly migration: string;
  /** An error of synth. */
  readonly fails: boolean;
  readonly findings: readonly Finding[];
}

/** Migrations whose findings are shown one by one: the first synth of a long history shall not print hundreds of warnings. */
const SHOWN_MIGRATIONS = 10;

/** Chooses what synth says: each finding of the newest ten migrations that have any, and the number of the others. `findings` are in the order of the migrations. */
export function findingsAtSynth(safety: Safety, findings: readonly Finding[]): SynthFindings {
  const shown = findings.filter(({ rule, severity }) => severity !== 'note' && levelOf(safety, rule) !== 'off');
  const migrations = [...new Set(shown.map(({ migration }) => migration))];
  const newest = new Set(migrations.slice(-SHOWN_MIGRATIONS));
  const groups = new Map<string, FindingAnnotation>();
  for (const finding of shown) {
    const { rule, migration } = finding;
    if (!newest.has(migration)) continue;
    const fails = failsSynth(safety, finding);
    const key = [migration, rule, fails].join(' ');
    groups.set(key, { rule, migration, fails, findings: [...(groups.get(key)?.findings ?? []), finding] });
  }
  const older = shown.filter(({ migration }) => !newest.has(migration));
  const counted = {
    findings: older.length,
    migrations: migrations.length - newest.size,
    fails: older.some(finding => failsSynth(safety, finding)),
  };
  return { annotations: [...groups.values()], older: older.length > 0 ? counted : null };
}

function levelOf({ level, rules }: Safety, rule: string): SafetyLevel {
  return rules[rule] ?? level;
}

/** A danger, under `fail`; a caution only where its rule is named: one that finds nothing worse could not be made to fail otherwise. */
function failsSynth(safety: Safety, { rule, severity }: Finding): boolean {
  if (levelOf(safety, rule) !== 'fail') return false;
  return severity === 'danger' || safety.rules[rule] === 'fail';
}
