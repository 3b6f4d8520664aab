import type { ReadSection, UserVariables } from '../grammar.ts';

/**
 * Reports user variables that a file reads and never sets: they end with the file that sets them. What the folder does not tell counts as set:
 * a procedure that is not made here may set any variable, and so may the body of a routine or trigger that is.
 */
export function checkUserVariables(sections: readonly ReadSection[]): void {
  const all = sections.flatMap(({ reading }) => reading.userVariables ?? []);
  const setInBodies = new Set(all.flatMap(use => use.setInBodies));
  const modes = new Map<string, (readonly string[])[]>();
  for (const { name, modes: own } of all.flatMap(use => use.procedures))
    modes.set(name, [...(modes.get(name) ?? []), own]);
  for (const { source, reading } of sections) {
    const use = reading.userVariables;
    if (!use || use.calls.some(name => !modes.has(name))) continue;
    const isInput = ({ procedure, argument }: UserVariables['passed'][number]) =>
      modes.get(procedure)?.every(own => own[argument] === 'in') ?? false;
    const given = new Set(use.passed.filter(one => !isInput(one)).map(({ name }) => name));
    const reported = new Set<string>();
    for (const { name, offset } of [...use.reads, ...use.passed.filter(isInput)]) {
      if (given.has(name) || setInBodies.has(name) || reported.has(name)) continue;
      reported.add(name);
      source.error(
        'unset-variable',
        offset,
        `@${name} is read here and never set in this file: user variables end with the file that sets them`,
        `Set it in this file before it is read: SET @${name} = …`,
      );
    }
  }
}
