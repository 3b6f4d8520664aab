export { AuroraMigrations } from './aurora-migrations.ts';
export type { BaselineFrom, SourceTool } from './baseline-options.ts';
export type { AuroraMigrationsProps } from './props.ts';
export type { SafetyLevel, SafetyOptions } from './safety-options.ts';
