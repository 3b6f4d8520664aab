export { MigrationError, type Place, type Problem } from '../core/errors.ts';
export type { ManifestReader } from '../core/manifest.ts';
export type { Finding, SafetyRule } from '../core/safety.ts';
export { type Compiled, type CompileOptions, compile, safetyRules } from './compile.ts';
export { reader, writeCompiled } from './output.ts';
export type { JudgedFinding } from './safety.ts';
