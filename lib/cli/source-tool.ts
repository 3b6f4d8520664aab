import { didYouMean } from '../core/did-you-mean.ts';
import { SOURCE_TOOLS, type SourceTool } from '../core/source.ts';
import { UsageError } from './usage-error.ts';

/** The tool that `--from` names. Throws a `UsageError`. */
export function knownTool(name: string, command: string): SourceTool {
  const tool = SOURCE_TOOLS.find(one => one === name);
  if (tool !== undefined) return tool;
  const meant = didYouMean(name, SOURCE_TOOLS);
  throw new UsageError(
    `--from cannot be "${name}"`,
    `${meant === undefined ? '' : `Did you mean ${meant}? `}The tools are ${SOURCE_TOOLS.join(', ')}`,
    command,
  );
}
