import type { Schema } from '../../core/schema.ts';
import type { Copy, Rehearser } from '../../engine/rehearser.ts';
import { openScript } from '../../local/script.ts';
import type { ScratchServer } from '../scratch.ts';

/** Builds a schema in the empty database of a scratch server, works with it, and ends the session that built it. */
export async function withCopy<T>(
  { url, superuserUrl }: ScratchServer,
  { builder, build }: Rehearser,
  schema: Schema & { readonly preamble: string },
  work: (copy: Copy) => Promise<T>,
): Promise<T> {
  const session = await openScript(builder === 'superuser' ? superuserUrl : url);
  try {
    return await work(await build(session, schema, decodeURIComponent(new URL(url).username)));
  } finally {
    await session.end();
  }
}
