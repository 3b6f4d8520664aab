/** Bytes: the most memory that this process ever held. */
export function peak(): number;
