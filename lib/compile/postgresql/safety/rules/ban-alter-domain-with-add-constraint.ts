import type { Rule } from '../rule.ts';

export const banAlterDomainWithAddConstraint: Rule = {
  id: 'ban-alter-domain-with-add-constraint',
  engine: 'postgresql',
  severity: 'danger',
  title: 'A constraint of a domain is checked in every table',
  why: 'Writes to every table with a column of the domain wait (SHARE) while all their rows are read.',
  safeWay: 'ADD … NOT VALID costs nothing; VALIDATE CONSTRAINT reads all rows and still blocks writes.',
  find(action, { migration }) {
    if (action.do !== 'alter-domain' || !action.validated || migration.hasMade('domain', action.name)) return undefined;
    return {
      subject: action.name,
      message: `Writes to every table that uses domain ${action.name} wait while their rows are read (SHARE)`,
      safeWay: action.what === 'check' ? ['-- ADD CONSTRAINT … NOT VALID; VALIDATE CONSTRAINT in a quiet hour'] : [],
    };
  },
};
