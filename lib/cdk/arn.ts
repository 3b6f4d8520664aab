import { Token } from 'aws-cdk-lib';

/** What of an ARN is literally known; a part that is a token, or all of it, is undefined. */
export interface ArnParts {
  readonly region: string | undefined;
  readonly account: string | undefined;
  readonly name: string | undefined;
}

/** The text, unless CloudFormation decides it. */
export function literal(text: string | undefined): string | undefined {
  return text === undefined || Token.isUnresolved(text) ? undefined : text;
}

/**
 * Reads `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE:NAME`. Undefined for what is no such ARN as far as it is known: a token may be
 * anything.
 */
export function readArn(arn: string, service: string, resource: string): ArnParts | undefined {
  const parts = arn.split(':');
  // A token may hold colons.
  if (parts.length !== 7 && Token.isUnresolved(arn)) return { region: undefined, account: undefined, name: undefined };
  const [prefix, , givenService, region, account, givenResource, name] = parts;
  const may = (part: string | undefined, wanted: string | RegExp) => {
    const known = literal(part);
    return (
      part !== undefined &&
      (known === undefined || (typeof wanted === 'string' ? known === wanted : wanted.test(known)))
    );
  };
  const isOne =
    parts.length === 7 &&
    may(prefix, 'arn') &&
    may(givenService, service) &&
    may(region, /^[a-z]+(-[a-z]+)+-\d+$/) &&
    may(account, /^\d{12}$/) &&
    may(givenResource, resource) &&
    may(name, /./);
  return isOne ? { region: literal(region), account: literal(account), name: literal(name) } : undefined;
}
