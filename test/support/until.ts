/** Waits for a condition, however busy the machine is; a test that waits in vain ends by its own timeout. */
export async function until(holds: () => boolean | Promise<boolean>, everyMs = 20): Promise<void> {
  while (!(await holds())) await new Promise(resolve => setTimeout(resolve, everyMs));
}
