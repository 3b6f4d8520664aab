export { MigrationError, type Place, type Problem } from '../core/errors.ts';
export type { ManifestReader } from '../core/manifest.ts';
export { type Compiled, type CompileOptions, compile } from './compile.ts';
export { reader, writeCompiled } from './output.ts';
