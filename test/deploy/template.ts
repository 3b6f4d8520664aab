/** What a template may hold in place of a value. */
export type Value = unknown;

/** What references stand for: `Ref` by logical id or pseudo parameter, `GetAtt` by `LogicalId.Attribute`. Throws for one that it does not know. */
export interface Scope {
  ref(name: string): string;
  attribute(logicalId: string, attribute: string): string;
}

/** Replace the intrinsic functions in a value, as CloudFormation does. */
export function resolve(value: Value, scope: Scope): Value {
  if (Array.isArray(value)) return value.map(each => resolve(each, scope));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? [];
  if (entries.length === 1 && name !== undefined && (name === 'Ref' || name.startsWith('Fn::'))) {
    return intrinsic(name, argument, scope);
  }
  return Object.fromEntries(entries.map(([key, each]) => [key, resolve(each, scope)]));
}

function intrinsic(name: string, argument: Value, scope: Scope): Value {
  switch (name) {
    case 'Ref':
      return scope.ref(String(argument));
    case 'Fn::GetAtt': {
      const [logicalId, attribute] = argument as [string, string];
      return scope.attribute(logicalId, attribute);
    }
    case 'Fn::Join': {
      const [separator, parts] = resolve(argument, scope) as [string, string[]];
      return parts.join(separator);
    }
    case 'Fn::Sub':
      return String(argument).replace(/\$\{([^}]+)\}/g, (_, inner: string) => {
        const [logicalId, attribute] = inner.split('.') as [string, string | undefined];
        return attribute === undefined ? scope.ref(logicalId) : scope.attribute(logicalId, attribute);
      });
    case 'Fn::Select': {
      const [index, list] = resolve(argument, scope) as [number, string[]];
      return list[index];
    }
    case 'Fn::Split': {
      const [separator, text] = resolve(argument, scope) as [string, string];
      return text.split(separator);
    }
    default:
      throw new Error(`The harness does not know ${name}`);
  }
}
