import type { Safety } from '../../grammar.ts';
import { Judge } from './judge.ts';
import { RULES } from './rules/index.ts';

/** The safety rules for MySQL. */
export const safety: Safety = {
  rules: RULES,
  judge(migrations, pending) {
    const judge = new Judge(pending);
    return migrations.map(migration => judge.judgeRead(migration));
  },
};
