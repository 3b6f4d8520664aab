import type { Finding } from '../../../core/safety.ts';
import type { Safety, ToJudge } from '../../grammar.ts';
import type { Placed } from '../../safety.ts';
import type { Action } from './actions.ts';
import { Judge } from './judge.ts';
import { identifierTooLong, longIdentifiers } from './long-identifiers.ts';
import { RULES } from './rules/index.ts';

/** The safety rules for PostgreSQL. */
export const safety: Safety = {
  rules: [...RULES, identifierTooLong],
  judge(migrations, pending) {
    const judge = new Judge(pending);
    return migrations.map(migration => judgeOne(judge, migration));
  },
};

function judgeOne(judge: Judge, { name, source, up }: ToJudge): Placed[] {
  const statements = up.judged as readonly { place: Finding['place']; offset: number; actions: readonly Action[] }[];
  const findings = judge.judge({ name, atomic: !up.stepwise, statements });
  const offsets = new Map(statements.map(({ place, offset }) => [place, offset]));
  const placed = findings.map(finding => ({ finding, offset: offsets.get(finding.place)! }));
  const long = longIdentifiers(source.text).map(({ name: identifier, offset }): Placed => {
    const { id: rule, severity } = identifierTooLong;
    const message = `PostgreSQL cuts ${identifier} after 63 bytes`;
    return {
      finding: {
        rule,
        severity,
        migration: name,
        place: source.place(offset),
        subject: identifier,
        message,
        safeWay: [],
      },
      offset,
    };
  });
  return [...placed, ...long].sort((a, b) => a.offset - b.offset);
}
