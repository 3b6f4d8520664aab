export { type Imported, type ImportedFile, type ImportOptions, readImport } from './import.ts';
export type { Remark } from './reading.ts';
export { checkTarget, writeImport } from './write.ts';
