import { expect, test } from 'vitest';
import { plan } from '../../../lib/cli/render/plan.ts';
import type { Plan } from '../../../lib/core/plan.ts';
import { fakeScreen, shown } from '../fixtures.ts';

function rendered(value: Partial<Plan>, width = 80) {
  return shown(
    plan(
      { steps: [], problems: [], notes: [], failed: [], running: null, findings: null, dataApiCalls: 1, ...value },
      fakeScreen({ width }),
    ),
  );
}

test('nothing to do', () => {
  expect(rendered({})).toBe('Nothing to do (1 Data API call)\n');
});

test('steps in their order, why and how', () => {
  expect(
    rendered({
      steps: [
        { migration: '003_indexes', reason: 'resumed', mode: 'stepwise', from: 3, statements: 5 },
        { migration: '004_late', reason: 'failed', mode: 'atomic', from: 1, statements: 1 },
        { migration: 'R__report_view', reason: 'changed', mode: 'atomic', from: 1, statements: 0 },
      ],
      notes: ['004_late is older than the newest applied migration'],
    }),
  ).toMatchInlineSnapshot(`
    "   migration       why                         how
    1  003_indexes     begun, resumed              one by one, statements 3 to 5
    2  004_late        failed before, tried again  one transaction, 1 statement
    3  R__report_view  changed, applied again      one transaction, no statements

    ! 004_late is older than the newest applied migration
    "up" would apply 3 (1 Data API call)
    "
  `);
});

test('problems stop it', () => {
  expect(
    rendered({
      problems: [
        {
          code: 'foreign-table',
          message: 'public.schema_migrations belongs to another tool',
          remedy: 'Choose another name with --table',
        },
      ],
    }),
  ).toMatchInlineSnapshot(`
    "public.schema_migrations belongs to another tool. Choose another name with
      --table.

    "up" would apply nothing: 1 problem (1 Data API call)
    "
  `);
});
