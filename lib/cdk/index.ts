export { AuroraMigrations } from './aurora-migrations.ts';
export type { AuroraMigrationsProps } from './props.ts';
