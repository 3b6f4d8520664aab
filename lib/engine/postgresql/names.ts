import { checkNames, type TrackingNames } from '../../core/identifier.ts';

export type { TrackingNames } from '../../core/identifier.ts';

/** Puts the names of the options into SQL of ours, in which `public.schema_migrations…` stands for them. Throws `bad-identifier`. */
export function naming(names: TrackingNames): (sql: string) => string {
  checkNames(names);
  const { schema = 'public', table = 'schema_migrations' } = names;
  return sql =>
    sql.replace(/\bpublic\.schema_migrations(\w*)/g, (_, ending: string) => `"${schema}"."${table}${ending}"`);
}
