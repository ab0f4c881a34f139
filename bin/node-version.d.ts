export function isSupported(version: string): boolean;
export const REQUIREMENT: string;
