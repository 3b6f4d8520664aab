import type { Safety, ToJudge } from '../../grammar.ts';
import type { Placed } from '../../safety.ts';
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

function judgeOne(judge: Judge, migration: ToJudge): Placed[] {
  const { name, source } = migration;
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
  return [...judge.judgeRead(migration), ...long].sort((a, b) => a.offset - b.offset);
}
