import type { LocalOptions } from '../lib/local/index.ts';
import type { Api } from './api.ts';
import { type Conclusion, conclude, settingsOf } from './conclude.ts';
import { prepare, remove } from './place.ts';
import { startReference } from './reference.ts';
import { type Result, runProbes } from './run.ts';
import type { Probe } from './step.ts';

/** An answer that the service and the local Data API gave differently, each under the settings that fit best. */
export interface Difference {
  readonly probe: Probe;
  readonly call: string;
  readonly service: string;
  readonly local: string;
}

/** What a probe of a service came to. */
export interface Findings {
  readonly results: readonly Result[];
  readonly conclusions: readonly Conclusion[];
  /** Undefined where no local Data API could be started to compare with. */
  readonly differences: readonly Difference[] | undefined;
}

/** Runs probes in the schema of their own, which is removed whatever happens. Throws a `PlaceTaken` before anything is changed. */
export async function probeService(
  api: Api,
  probes: readonly Probe[],
  say: (line: string) => void = () => {},
): Promise<Result[]> {
  await prepare(api);
  try {
    return await runProbes(api, probes, say);
  } finally {
    // Also after an interruption, whose signal would hold up these calls too.
    const { signal: _, ...uninterrupted } = api;
    await remove(uninterrupted);
  }
}

/** Probes a service, then a local Data API with the switches set to what the service does. `options` say how to start it. */
export async function probe(
  api: Api,
  probes: readonly Probe[],
  options: LocalOptions,
  say: (line: string) => void = () => {},
): Promise<Findings> {
  const results = await probeService(api, probes, say);
  const conclusions = conclude(api.engine, results);
  const reference = await startReference(api.engine, { ...options, ...settingsOf(conclusions) });
  if (!reference) return { results, conclusions, differences: undefined };
  say('The same on the local Data API …');
  try {
    // What only --databases asks for creates 200 databases, to count connections that a local one does not have.
    const compared = probes.filter(({ only }) => only !== 'databases');
    const local = await probeService({ ...reference.api, ...(api.signal && { signal: api.signal }) }, compared);
    return { results, conclusions, differences: compare(results, local) };
  } finally {
    await reference.stop();
  }
}

function compare(service: readonly Result[], local: readonly Result[]): Difference[] {
  return local.flatMap(({ probe, observations }) => {
    const ofService = service.find(result => result.probe === probe)!.observations;
    return observations.flatMap(({ saw, varies }, at) => {
      const { call, saw: seen } = ofService[at]!;
      return varies || seen === saw ? [] : [{ probe, call, service: seen, local: saw }];
    });
  });
}
