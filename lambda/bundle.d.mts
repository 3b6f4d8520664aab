/** What esbuild wrote, by name: bytes, which other outputs it loads, and which files (from the root) it is made of. */
export type Outputs = Readonly<
  Record<string, { readonly bytes: number; readonly imports: readonly string[]; readonly inputs: readonly string[] }>
>;

/** What is put in place of parts of the SDK that no function of ours can use. */
export const REPLACED: Readonly<Record<string, string>>;

/** Bundle one entry as `index.mjs` with its chunks into a folder, which is emptied first. */
export function bundle(
  entry: string,
  folder: string,
  options?: { readonly alias?: Readonly<Record<string, string>> },
): Promise<Outputs>;

/** Bundle the handler, and put the licences of what is in it beside it. */
export function bundleHandler(folder: string): Promise<Outputs>;

/** What `index.mjs` loads, at once or later, without what only `not` would load. */
export function reachable(outputs: Outputs, not?: RegExp): Set<string>;
