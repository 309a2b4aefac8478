/** The smallest number that is at least as large as this share of all, from 0 to 1. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}

export function mean(numbers: readonly number[]): number {
  return sum(numbers) / numbers.length
}

/** `1.25 s` */
export function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`
}
