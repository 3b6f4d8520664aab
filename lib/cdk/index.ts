export type { SourceTool } from '../core/source.ts';
export type { BaselineFrom } from '../core/take-over.ts';
export { AuroraMigrations } from './aurora-migrations.ts';
export type { AuroraMigrationsProps } from './props.ts';
export type { SafetyLevel, SafetyOptions } from './safety-options.ts';
