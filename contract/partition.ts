import { partitions } from './partitions.ts'

/** The part of AWS to which a region belongs. Undefined for what is no region of a known partition. */
export function partitionOf(region: string): string | undefined {
  return partitions.find(({ regions }) => regions.test(region))?.id
}
