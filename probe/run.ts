import { type Api, AWAKE, awake, send, wait } from './api.ts';
import { type Outcome, shown } from './outcome.ts';
import { type ExecuteStep, type Probe, type Step, textOf } from './step.ts';

/** What one call of a probe was answered. */
export interface Observation {
  readonly call: string;
  readonly saw: string;
  readonly varies: boolean;
}

/** A probe with what it saw. */
export interface Result {
  readonly probe: Probe;
  readonly observations: readonly Observation[];
  /** Outcomes by the names that the steps gave them. */
  readonly named: ReadonlyMap<string, Outcome>;
}

/** Runs probes: the quick ones in turn, then those that wait side by side, then those that need to be alone. Results are in the order of the probes. */
export async function runProbes(
  api: Api,
  probes: readonly Probe[],
  say: (line: string) => void = () => {},
): Promise<Result[]> {
  const results = new Map<Probe, Result>();
  const run = async (probe: Probe) => {
    say(`#${probe.number} ${probe.title}`);
    results.set(probe, await runProbe(api, probe));
  };
  const of = (kind: Probe['kind']) => probes.filter(probe => (probe.kind ?? 'quick') === kind);
  for (const probe of of('quick')) await run(probe);
  // All of them, also where one fails: a call that is still under way would meet the cleaning up.
  const waited = await Promise.allSettled(of('waits').map(run));
  for (const one of waited) if (one.status === 'rejected') throw one.reason;
  for (const probe of of('alone')) await run(probe);
  return probes.map(probe => results.get(probe)!);
}

async function runProbe(api: Api, probe: Probe): Promise<Result> {
  const transactions = new Map<string, string>();
  const named = new Map<string, Outcome>();
  const background = new Map<string, Promise<Outcome>>();
  const observations: Observation[] = [];
  for (const step of probe.steps) {
    if (step.call === 'wait') await wait(api, step.seconds);
    else if (step.call === 'pause') await api.pause();
    else if (step.call === 'awake') await awake(api);
    else if (step.call === 'wait-for') {
      const started = probe.steps.find(one => 'as' in one && one.as === step.as)!;
      observations.push(observe(started, await background.get(step.as)!, named));
    } else {
      const outcome = send(api, step, transactions);
      if (step.background && step.as !== undefined) {
        outcome.catch(() => undefined);
        background.set(step.as, outcome);
      } else observations.push(observe(step, await outcome, named));
    }
  }
  return { probe, observations, named };
}

function observe(step: Step, outcome: Outcome, named: Map<string, Outcome>): Observation {
  const { as, see, varies = false } = step as ExecuteStep;
  if (as !== undefined) named.set(as, outcome);
  return { call: callOf(step), saw: see ? see(outcome, named) : shown(outcome), varies };
}

/** A step in one line, for the list before the start and for the report. */
export function callOf(step: Step): string {
  if (step.call === 'wait') return `wait ${step.seconds} s`;
  if (step.call === 'wait-for') return 'take the answer of the call that was left running';
  if (step.call === 'awake') return `${AWAKE}, again until the cluster has resumed`;
  if (step.call === 'pause') return 'wait until the cluster has paused';
  const inside = step.in === undefined ? '' : ` [transaction ${step.in}]`;
  if (step.call !== 'execute' && step.call !== 'batch') return `${OPERATIONS[step.call]}${inside}`;
  const times = step.call === 'execute' && step.times ? `${step.times} × ` : '';
  const sets = step.call === 'batch' ? ` with ${step.sets.length} sets of parameters` : '';
  const flag = step.call === 'execute' && step.continueAfterTimeout ? ' with continueAfterTimeout' : '';
  const other = step.call === 'execute' && step.target ? ' with another ARN or database' : '';
  return `${times}${abbreviated(textOf(step))}${sets}${flag}${other}${inside}`;
}

const OPERATIONS = { begin: 'BeginTransaction', commit: 'CommitTransaction', rollback: 'RollbackTransaction' } as const;

function abbreviated(sql: string): string {
  const line = sql.replace(/\s*\n\s*/g, ' ⏎ ');
  if (line === '') return '(an empty statement)';
  return line.length <= 160 ? line : `${line.slice(0, 60)}… (${sql.length} characters)`;
}
