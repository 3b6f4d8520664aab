/**
 * Writes the fraction of a second as the service does: none, 3 or 6 digits. `10:00:00.8` becomes `10:00:00.800`.
 * https://github.com/sbalmt/ez4 (its client for the Data API, compared with production)
 */
export function fraction(time: string): string {
  return time.replace(/\.(\d{1,6})(?!\d)/, (_, digits: string) => {
    const significant = digits.replace(/0+$/, '');
    if (significant === '') return '';
    return `.${significant.padEnd(significant.length <= 3 ? 3 : 6, '0')}`;
  });
}
