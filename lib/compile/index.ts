export { type Compiled, type CompileOptions, compile } from './compile.ts';
export { reader, writeCompiled } from './output.ts';
