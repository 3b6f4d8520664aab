export { AuroraMigrations } from './aurora-migrations.ts';
export type { AuroraMigrationsProps } from './props.ts';
export type { SafetyLevel, SafetyOptions } from './safety-options.ts';
