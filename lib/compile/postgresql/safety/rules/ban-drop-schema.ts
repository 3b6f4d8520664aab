import type { Rule } from '../rule.ts';

export const banDropSchema: Rule = {
  id: 'ban-drop-schema',
  engine: 'postgresql',
  severity: 'danger',
  title: 'A schema is dropped',
  why: 'Everything in it is gone, and code that uses it fails.',
  safeWay: 'Drop its objects by name, one deploy after the last code that uses them, then the empty schema.',
  find(action) {
    if (action.do !== 'drop' || action.kind !== 'schema') return undefined;
    return { subject: action.name, message: `Everything in schema ${action.name} is gone` };
  },
};
