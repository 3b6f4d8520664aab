import { describe, expect, test } from 'vitest';
import type { Finding, SafetyRule, Severity } from '../../../lib/core/safety.ts';

/** How a case is judged: whether its migration is one transaction (PostgreSQL). */
export interface CaseOptions {
  readonly atomic?: boolean;
}

export type FoundCase = readonly [sql: string, severity: Severity, subject: string, options?: CaseOptions];
export type SilentCase = string | readonly [sql: string, options: CaseOptions];

/** For each rule of an engine: statements that it must find, and statements that it must not. */
export type Cases = Readonly<Record<string, { found: readonly FoundCase[]; silent: readonly SilentCase[] }>>;

export interface RuleSuite {
  readonly cases: Cases;
  readonly rules: readonly SafetyRule[];
  /** The findings of a migration after the schema of the cases. */
  judge(sql: string, options?: CaseOptions): Finding[];
  /** At least so many findings have safe statements that can be judged again. */
  readonly safeWays: number;
}

/** The tests that the rules of each engine must pass. */
export function describeRules({ cases, rules, judge, safeWays }: RuleSuite): void {
  describe.each(Object.entries(cases))('%s', (rule, { found, silent }) => {
    test.each(found.map(([sql, severity, subject, options = {}]) => ({ sql, severity, subject, options })))(
      'finds $sql',
      ({ sql, severity, subject, options }) => {
        const own = judge(sql, options).filter(finding => finding.rule === rule);
        expect(own.map(finding => [finding.severity, finding.subject])).toEqual([[severity, subject]]);
      },
    );

    test.each(silent.map((one): [string, CaseOptions] => (typeof one === 'string' ? [one, {}] : [one[0], one[1]])))(
      'does not find %s',
      (sql, options) => {
        expect(judge(sql, options).filter(finding => finding.rule === rule)).toEqual([]);
      },
    );
  });

  test('each rule has cases of both kinds', () => {
    expect(Object.keys(cases).sort()).toEqual(rules.map(({ id }) => id).sort());
    for (const { found, silent } of Object.values(cases))
      expect([found.length > 0, silent.length > 0]).toEqual([true, true]);
  });

  test('safe statements are valid SQL, and have no finding of their rule', () => {
    let tried = 0;
    for (const [rule, lines] of safeStatements({ cases, judge })) {
      tried++;
      const again = judge(lines.join('\n'), { atomic: false }).filter(finding => finding.rule === rule);
      expect(again, `${rule}: ${lines.join(' ')}`).toEqual([]);
    }
    expect(tried).toBeGreaterThan(safeWays);
  });
}

/** The safe statements of all cases. Where a comment says what comes first, the statements alone are not the whole of it. */
export function safeStatements({ cases, judge }: Pick<RuleSuite, 'cases' | 'judge'>): [string, readonly string[]][] {
  return Object.entries(cases).flatMap(([rule, { found }]) =>
    found.flatMap(([sql]): [string, readonly string[]][] => {
      const lines = judge(sql).find(finding => finding.rule === rule)?.safeWay ?? [];
      return lines.length === 0 || lines.some(line => /^-- (?!migrate)|…/.test(line)) ? [] : [[rule, lines]];
    }),
  );
}
