import type { Invocation } from './command.ts';
import { progress } from './progress.ts';
import { type Session, type SessionOptions, withSession } from './session.ts';

/** Work that takes time and says what it is doing: on stdout, or for `--json` on stderr where somebody looks. The title stands above it. */
export async function withProgress<T>(
  invocation: Invocation,
  work: (session: Session) => Promise<T>,
  options: Pick<SessionOptions, 'folder'> = {},
): Promise<T> {
  const { values, out, err, context } = invocation;
  const shown = progress(values.json ? err : out);
  // As JSON the answer is one value; people who watch it come about still see that something happens.
  const silent = values.json && !err.live;
  const stopping = () => {
    const line = 'Stopping after the step it is at. Once more to leave at once.';
    if (out.live) shown.note(line);
    else err.lines([line]);
  };
  const begin = async (session: Session) => {
    if (!values.json) out.lines([out.color.dim(session.title)]);
    const { migrations } = session;
    if (migrations) shown.expect(migrations.manifest.migrations.map(({ name }) => name));
    // A function goes on whatever we do.
    if (migrations) context.signal.addEventListener('abort', stopping);
    return work(session);
  };
  try {
    return await withSession(invocation, begin, {
      ...options,
      on: event => {
        if (!silent || event.event === 'waiting') shown.on(event);
      },
    });
  } finally {
    context.signal.removeEventListener('abort', stopping);
    shown.end();
  }
}
