import type { Invocation } from './command.ts';
import { progress } from './progress.ts';
import type { SessionOptions } from './session.ts';

/** Shows what work that takes time is doing: on stdout, or for `--json` on stderr where somebody looks. The title stands above it. */
export function showProgress(invocation: Invocation): Required<Pick<SessionOptions, 'on' | 'begin' | 'end'>> {
  const { values, out, err, context } = invocation;
  const shown = progress(values.json ? err : out);
  // As JSON the answer is one value; people who watch it come about still see that something happens.
  const silent = values.json && !err.live;
  const stopping = () => {
    const line = 'Stopping after the step it is at. Once more to leave at once.';
    if (out.live) shown.note(line);
    else err.lines([line]);
  };
  return {
    on(event) {
      if (!silent || event.event === 'waiting') shown.on(event);
    },
    begin({ title, migrations }) {
      if (!values.json) out.lines([out.color.dim(title)]);
      if (migrations) shown.expect(migrations.manifest.migrations.map(({ name }) => name));
      // A function goes on whatever we do.
      if (migrations) context.signal.addEventListener('abort', stopping);
    },
    end() {
      context.signal.removeEventListener('abort', stopping);
      shown.end();
    },
  };
}
