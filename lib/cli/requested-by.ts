/** Who asks, as it is written with each attempt: the user as the environment names them. */
export function requestedBy(env: Readonly<Record<string, string | undefined>>): string {
  const user = env.USER ?? env.LOGNAME ?? env.USERNAME;
  return user ? `cli:${user}` : 'cli';
}
