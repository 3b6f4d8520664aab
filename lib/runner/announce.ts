import { type HookState, TrackingMissing } from '../engine/engine.ts';
import { guarded } from './guarded.ts';
import { installTracking } from './install.ts';
import { newRun } from './lease.ts';
import type { WriteOptions } from './options.ts';

/**
 * Makes this the newest request of the deploy hook: runs for earlier ones are refused from then on (`superseded`). Makes the tracking tables
 * where they are not there yet. False: it is an old request, delivered late. `state` is what the hook is from then on, by default `open`.
 */
export function announce(
  options: WriteOptions & { readonly hook: string; readonly requestId: string; readonly state?: HookState },
): Promise<boolean> {
  return guarded(options.engine.diagnostics, async () => {
    const { database, engine, hook, requestId, state = 'open' } = options;
    try {
      return await engine.lease.announce(database, hook, requestId, state);
    } catch (error) {
      if (!(error instanceof TrackingMissing)) throw error;
      await installTracking(options, newRun(options));
      return engine.lease.announce(database, hook, requestId, state);
    }
  });
}
